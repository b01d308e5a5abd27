"""The one line that a site carries leads here: the widget's first script, with what it must know to begin."""

import gzip
import hashlib
import json
import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

from comity.connectors.webchat.texts import LANGUAGES

FOLDER = "webchat/"
KEPT_FOR = 300  # seconds; the files behind it have addresses that change with them
OF_LAUNCHER = "launcher."  # how the texts are named that the script brings along
TAKES_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))", re.IGNORECASE)


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """Return chat.js. Any site may load it; which ones may talk to the chat is decided by each inbox."""
    is_packed = TAKES_GZIP.search(request.headers.get("Accept-Encoding", "")) is not None
    body, tag = _packed() if is_packed else _script()
    is_known = tag in request.headers.get("If-None-Match", "")
    response = HttpResponseNotModified() if is_known else HttpResponse(body, content_type="text/javascript")
    response["ETag"], response["Cache-Control"] = tag, f"public, max-age={KEPT_FOR}"
    response["Vary"] = "Accept-Encoding"
    if is_packed and not is_known:
        response["Content-Encoding"] = "gzip"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@cache
def _script() -> tuple[bytes, str]:
    """Return the script and its mark. The files change with the program only."""
    given = {"assets": f"{settings.STATIC_URL}{FOLDER}", "words": {name: _words(name) for name in LANGUAGES}}
    loader = _file("loader.js").read_text().strip().removesuffix(";")
    body = f"(\n{loader}\n)({json.dumps(given, ensure_ascii=False, separators=(',', ':'))});\n".encode()
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


@cache
def _packed() -> tuple[bytes, str]:
    """Return the script compressed. Its mark is its own, since its bytes are."""
    body, tag = _script()
    return gzip.compress(body, mtime=0), f'{tag[:-1]}-gzip"'


def _words(language: str) -> dict[str, object]:
    texts: dict[str, object] = json.loads(_file(f"texts/{language}.json").read_text())
    return {name: text for name, text in texts.items() if name.startswith(OF_LAUNCHER)}


def _file(name: str) -> Path:
    found = finders.find(f"{FOLDER}{name}")
    if not isinstance(found, str):
        raise FileNotFoundError(f"{FOLDER}{name} is missing among the static files")
    return Path(found)
