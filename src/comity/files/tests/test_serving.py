"""A file leaves by a link that is ours, for some hours, and cannot act in the page."""

import io
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from comity.accounts.tests.make import an_agent
from comity.core import clock
from comity.files import queries, store
from comity.files.limits import SETTINGS, FileSettings
from comity.files.links import url_for
from comity.files.models import Reference, StoredFile
from comity.files.tests.make import PNG, a_reference

pytestmark = pytest.mark.django_db


def body(answer: object) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_picture_is_shown_locked_down_and_cached(client: Client) -> None:
    answer = client.get(queries.url_for(a_reference(PNG, "lamp.png")))

    assert answer.status_code == 200
    assert body(answer) == PNG
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"] == 'inline; filename="lamp.png"'
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Length"] == str(len(PNG))
    assert "private" in answer["Cache-Control"]
    assert "immutable" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<!doctype html><script>alert(1)</script>", "page.html"),
        (b"<!doctype html><script>alert(1)</script>", "picture.png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "picture.svg"),
        (b"<?xml version='1.0'?><a/>", "data.xml"),
        (b"alert(1)", "code.js"),
        (b"MZ\x90\0\x03", "setup.exe"),
    ],
)
def test_what_can_act_is_only_ever_saved(content: bytes, name: str, client: Client) -> None:
    answer = client.get(queries.url_for(a_reference(content, name)))
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"].startswith("sandbox")


def test_text_is_shown_as_text_and_anything_can_be_downloaded(client: Client) -> None:
    reference = a_reference(b"hello", "note.txt")
    shown = client.get(queries.url_for(reference))
    saved = client.get(queries.url_for(reference, download=True))
    assert shown["Content-Type"] == "text/plain; charset=utf-8"
    assert shown["Content-Disposition"].startswith("inline")
    assert saved["Content-Disposition"].startswith("attachment")


def test_a_hostile_name_stays_within_its_header_and_its_address(client: Client) -> None:
    reference = a_reference(PNG, 'a"\r\nX-Evil: 1/../返金 %2e%2e?#.png')
    url = queries.url_for(reference)
    answer = client.get(url)
    assert answer.status_code == 200
    assert "X-Evil" not in answer.headers
    assert "\n" not in unquote(url)


def test_the_same_file_is_not_sent_twice(client: Client) -> None:
    url = queries.url_for(a_reference())
    tag = client.get(url)["ETag"]
    again = client.get(url, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again["ETag"] == tag


def test_a_link_expires_and_stays_the_same_within_an_hour(client: Client) -> None:
    reference = a_reference()
    url = queries.url_for(reference)
    assert queries.url_for(reference) == url

    clock.shift(timedelta(hours=7, minutes=59).total_seconds())
    assert client.get(url).status_code == 200
    clock.shift(timedelta(hours=9, minutes=1).total_seconds())
    assert client.get(url).status_code == 410
    assert queries.url_for(reference) != url


def test_a_link_cannot_be_made_up_or_bent(client: Client) -> None:
    mine, other = a_reference(name="a.png"), a_reference(b"other", "b.txt")
    url = queries.url_for(mine)
    key = url.split("/")[2]
    number, until, how, signature = key.split("-")
    for bent in (
        f"{other.pk}-{until}-{how}-{signature}",
        f"{number}-{int(until) + 3600}-{how}-{signature}",
        f"{number}-{until}-d-{signature}",
        f"{number}-{until}-{how}-{'a' * len(signature)}",
        f"{number}-{until}-{how}",
        f"{number}-{until}-{how}-",
        "-",
        "x",
    ):
        assert client.get(f"/files/{bent}/a.png").status_code == 404
    assert client.get(f"/files/{key}/another-name.exe").status_code == 200


def test_a_released_reference_is_gone_and_a_lost_content_says_so(client: Client) -> None:
    reference = a_reference(b"soon lost", "a.txt")
    url = queries.url_for(reference)
    store.remove(reference.file.digest)
    assert client.get(url).status_code == 410
    reference.delete()
    assert client.get(url).status_code == 410


@pytest.mark.parametrize(("state", "status"), [("infected", 403), ("waiting", 403), ("clean", 200), ("unknown", 200)])
def test_what_is_dangerous_or_not_yet_checked_stays_inside(state: str, status: int, client: Client) -> None:
    reference = a_reference()
    StoredFile.objects.filter(pk=reference.file.pk).update(scan_state=state)
    assert client.get(queries.url_for(reference)).status_code == status


def test_an_agent_uploads_and_gets_what_the_composer_needs(client: Client) -> None:
    agent = an_agent()
    client.force_login(agent)

    answer = client.post("/files/upload", {"file": SimpleUploadedFile("../lamp.png", PNG, "text/html")})

    assert answer.status_code == 201
    told = answer.json()
    reference = Reference.objects.get(pk=told["id"])
    assert reference.owner == f"upload:{agent.pk}"
    assert (told["name"], told["size"], told["content_type"]) == ("lamp.png", len(PNG), "image/png")
    assert told["is_picture"] is True
    assert client.get(told["url"]).status_code == 200


def test_an_upload_of_forty_megabytes_goes_through(client: Client) -> None:
    client.force_login(an_agent())
    large = io.BytesIO(b"\7" * (40 * 1024 * 1024))
    large.name = "large.bin"
    assert client.post("/files/upload", {"file": large}).status_code == 201


def test_an_upload_that_cannot_be_taken_is_answered_in_words(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.post("/files/upload", {}).status_code == 403
    client.force_login(an_agent(role="auditor"))
    assert client.post("/files/upload", {"file": SimpleUploadedFile("a.txt", b"a")}).status_code == 403
    client.force_login(an_agent())
    assert client.post("/files/upload", {}).json()["error"].startswith("No file arrived")
    assert client.get("/files/upload").status_code == 405

    monkeypatch.setattr(SETTINGS, "_answers", [lambda: FileSettings(largest_mb=1)])
    answer = client.post("/files/upload", {"file": SimpleUploadedFile("a.bin", b"\7" * (1024 * 1024 + 1))})
    assert answer.status_code == 413
    assert "larger than 1 MB" in answer.json()["error"]


def test_only_a_link_made_for_other_sites_may_stand_in_their_pages(client: Client) -> None:
    reference = a_reference(PNG, "lamp.png")

    ours = client.get(queries.url_for(reference))
    theirs = client.get(url_for(reference, elsewhere=True))

    assert ours["Cross-Origin-Resource-Policy"] == "same-site"
    assert theirs["Cross-Origin-Resource-Policy"] == "cross-origin"
