"""A write with an Idempotency-Key runs once, however often it is sent; the others get its answer."""

import hashlib
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from comity.accounts.models import Token
from comity.core.refusals import Refusal

from . import actions, queries
from .models import Answer

LONGEST = 255
Run = Callable[[], HttpResponseBase]


def once(request: HttpRequest, token: Token, key: str, run: Run) -> HttpResponseBase:
    """Run a write, or answer again what it answered before. Raises Refusal when the key came with another call.

    Write and answer commit together, so a crash leaves both or neither. What was refused leaves nothing and may be sent
    again. Of two at the same time the second waits, or is rolled back, and gets the answer of the first.
    """
    if len(key) > LONGEST:
        raise Refusal(_("An Idempotency-Key has at most 255 letters."), code="idempotency_key", status=422)
    asked = _digest(request)
    try:
        with transaction.atomic():
            if kept := queries.answer(token, key):
                return _again(kept, asked)
            response = run()
            if response.status_code >= 400:
                transaction.set_rollback(True)
            elif isinstance(response, HttpResponse):
                body = response.content.decode()
                actions.keep(token=token, key=key, asked=asked, status=response.status_code, body=body)
            return response
    except IntegrityError:
        if kept := queries.answer(token, key):
            return _again(kept, asked)
        raise


def _again(kept: Answer, asked: str) -> HttpResponse:
    if kept.asked != asked:
        words = _("This Idempotency-Key was used for another call. Use a new key for each thing that you do.")
        raise Refusal(words, code="idempotency_key", status=422)
    response = HttpResponse(kept.body, status=kept.status, content_type="application/json; charset=utf-8")
    response["Idempotency-Replayed"] = "true"
    return response


def _digest(request: HttpRequest) -> str:
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type != "multipart/form-data":
        digest.update(request.body)
        return digest.hexdigest()
    for name, values in sorted(request.POST.lists()):  # the parts alone: a client draws a new boundary each time
        digest.update(repr((name, values)).encode())
    for name, uploads in sorted(request.FILES.lists()):
        for upload in uploads:
            digest.update(repr((name, upload.name, upload.size)).encode())
            for chunk in upload.chunks():
                digest.update(chunk)
            upload.seek(0)
    return digest.hexdigest()
