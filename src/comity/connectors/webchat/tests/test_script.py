"""The line that a site carries: the widget's first script."""

import gzip
import json
import re

import pytest
from django.conf import settings
from django.test import Client

from comity.connectors.webchat.texts import LANGUAGES

SITE = {"Origin": "https://shop.example"}


def test_any_site_may_load_the_script_and_a_browser_asks_whether_it_is_still_the_same(client: Client) -> None:
    answer = client.get("/chat.js", headers=SITE)

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "max-age=300" in answer["Cache-Control"]
    assert not answer.cookies
    again = client.get("/chat.js", headers={**SITE, "If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_it_is_compressed_where_the_browser_takes_that_and_each_way_has_its_own_mark(client: Client) -> None:
    plain = client.get("/chat.js")
    packed = client.get("/chat.js", headers={"Accept-Encoding": "br, gzip;q=0.9"})

    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content) / 2
    assert not plain.has_header("Content-Encoding")
    assert all("Accept-Encoding" in answer["Vary"] for answer in (plain, packed))
    assert plain["ETag"] != packed["ETag"]
    again = client.get("/chat.js", headers={"Accept-Encoding": "gzip", "If-None-Match": packed["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "Accept-Encoding" in again["Vary"]
    assert not again.has_header("Content-Encoding")
    assert client.get("/chat.js", headers={"If-None-Match": packed["ETag"]}).status_code == 200
    for refused in ("gzip;q=0", "gzip; q=0.0, br", "identity"):
        assert not client.get("/chat.js", headers={"Accept-Encoding": refused}).has_header("Content-Encoding")


def test_the_script_brings_the_address_of_this_version_s_files_and_the_launcher_s_words(client: Client) -> None:
    body = client.get("/chat.js").content.decode()
    called = re.search(r"\)\((\{.*\})\);\n$", body)
    assert called
    given = json.loads(called[1])

    assert given["assets"] == f"{settings.STATIC_URL}webchat/"
    assert sorted(given["words"]) == sorted(LANGUAGES)
    assert given["words"]["de"]["launcher.open"] == "Chat öffnen"
    assert {name.split(".")[0] for words in given["words"].values() for name in words} == {"launcher"}


@pytest.mark.parametrize("file", ["launcher.js", "panel.js", "texts/ar.json"])
def test_other_sites_may_load_what_the_script_loads(client: Client, file: str) -> None:
    answer = client.get(f"{settings.STATIC_URL}webchat/{file}", headers=SITE)

    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == "*"
