"""Every call comes through here: whose token, how often, what it may do, and whether it came before."""

import json
import re
from collections.abc import Callable, Mapping
from functools import partial, wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from comity.accounts.actions import tokens
from comity.accounts.models import Token
from comity.accounts.options import load
from comity.accounts.token_queries import token_of
from comity.core.api import require
from comity.core.refusals import Refusal

from . import problems
from .limits import calls
from .options import ApiOptions
from .repeating import Run, once

View = Callable[..., HttpResponseBase]
Needs = Mapping[str, tuple[str, ...]]  # by method
SAFE = ("GET", "HEAD")
HALF_A_LETTER = re.compile(rb"\\u[dD][89a-fA-F]")  # or both halves, one after the other
SHOWN = "Idempotency-Replayed, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After"


def guarded(view: View, needs: Needs) -> View:
    """Put the gate before a view of the API."""

    @csrf_exempt  # the token in the header is the proof; no cookie counts here
    @wraps(view)
    def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        options = load(ApiOptions)
        if any(_is_beyond_all(value) for name, value in kwargs.items() if name.endswith("_id")):
            response: HttpResponseBase = problems.not_found()
        elif request.method == "OPTIONS":
            response = HttpResponse(status=204, headers={"Allow": ", ".join(needs)})
        else:
            response = _answer(request, options, needs, partial(view, request, *args, **kwargs))
        _open_to_pages(request, response, options, needs)
        response["Cache-Control"] = "no-store"
        return response

    gate.operations = needs  # type: ignore[attr-defined]  # the walk over all addresses reads it
    return gate


def _is_beyond_all(number: str) -> bool:
    """Is it larger than any id that a database keeps?"""
    digits = number.lstrip("+-0")
    return digits.isdecimal() and (len(digits) > 19 or int(digits) > 2**63 - 1)


def _answer(request: HttpRequest, options: ApiOptions, needs: Needs, run: Run) -> HttpResponseBase:
    try:
        token = _token(request)
    except Refusal as refusal:
        response = problems.of_refusal(refusal)
        response["WWW-Authenticate"] = "Bearer"
        return response
    allowance = calls.count(token.pk, limit=options.calls_a_minute)
    try:
        if allowance.is_spent:
            words = _("This token has used up its calls of this minute. Wait %(seconds)d s, then go on.")
            raise Refusal(words % {"seconds": allowance.seconds}, code="rate_limited", status=429)
        found = _run(request, token, needs, run)
    except Refusal as refusal:
        found = problems.of_refusal(refusal)
        if refusal.status == 405:
            found["Allow"] = ", ".join(needs)
    allowance.tell(found)
    return found


def _run(request: HttpRequest, token: Token, needs: Needs, run: Run) -> HttpResponseBase:
    method = "GET" if request.method == "HEAD" and "HEAD" not in needs else str(request.method)
    if method not in needs:
        words = _("This address knows %(methods)s, not %(method)s.")
        raise Refusal(words % {"methods": ", ".join(needs), "method": method}, code="method", status=405)
    if needs[method] and not any(token.may(permission) for permission in needs[method]):
        require(token, needs[method][0])
    _refuse_no_letters(request)
    request.method = method
    request.user = token  # type: ignore[assignment]  # both agents and tokens satisfy accounts.user.User
    key = request.headers.get("Idempotency-Key")
    response = once(request, token, key, run) if key and method not in SAFE else run()
    tokens.seen(token=token)
    return response


def _token(request: HttpRequest) -> Token:
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        words = _("Send the header “Authorization: Bearer …” with a token. Administrators make them in the settings.")
        raise Refusal(words, code="no_token", status=401)
    token = token_of(tokens.digest(secret.strip()))
    if token is None:
        raise Refusal(_("No token reads like this. Check that you sent all of it."), code="token", status=401)
    if not token.is_active:
        words = _("This token has expired. Make a new one.") if token.is_expired else _("This token was revoked.")
        raise Refusal(words, code="token", status=401)
    return token


def _refuse_no_letters(request: HttpRequest) -> None:
    """No database keeps the letter 0, nor half of a letter that JSON writes in two, and nobody means them."""
    try:
        body = b"" if request.content_type == "multipart/form-data" else request.body
    except RequestDataTooBig:
        raise Refusal(_("The body is too large. Send files to /attachments."), code="too_large", status=413) from None
    if b"\x00" in body or b"\\u0000" in body or "%00" in request.get_full_path():
        raise Refusal(_("The letter with the number 0 can't be kept. Leave it out."), code="invalid", status=422)
    if HALF_A_LETTER.search(body):
        try:
            json.dumps(json.loads(body), ensure_ascii=False).encode()
        except UnicodeEncodeError as problem:
            words = _("“%(half)s” is only half a letter. Send it with its other half, or leave it out.")
            half = problem.object[problem.start].encode("ascii", "backslashreplace").decode()
            raise Refusal(words % {"half": half}, code="invalid", status=422) from None
        except (ValueError, RecursionError):
            return  # no JSON: what reads it says so


def _open_to_pages(request: HttpRequest, response: HttpResponseBase, options: ApiOptions, needs: Needs) -> None:
    """Let browsers in from the pages that an administrator has named, and from nowhere else."""
    origin = request.headers.get("Origin")
    if not options.web_pages:
        return
    response["Vary"] = "Origin"
    if origin in {page.rstrip("/") for page in options.web_pages}:
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Expose-Headers"] = SHOWN
        if request.method == "OPTIONS":
            response["Access-Control-Allow-Methods"] = ", ".join(needs)
            response["Access-Control-Allow-Headers"] = "Authorization, Content-Type, Idempotency-Key"
            response["Access-Control-Max-Age"] = "600"
