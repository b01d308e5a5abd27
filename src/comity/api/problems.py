"""Errors as programs read them: problem+json (RFC 9457), with what to do in `detail`."""

import json
import logging
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError

from comity.core.refusals import Refusal, title_of

log = logging.getLogger("comity.api")


class FieldProblem(Schema):
    """What is wrong with one part of a call."""

    at: str
    problem: str


class Problem(Schema):
    """Why a call was not done, and what to do."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem] | None = None


def problem(status: int, *, code: str, detail: str, **more: Any) -> HttpResponse:
    """Return a problem as a response."""
    body = {"type": "about:blank", "title": title_of(status), "status": status}
    text = json.dumps({**body, "detail": detail, "code": code, **more})
    return HttpResponse(text, status=status, content_type="application/problem+json")


def of_refusal(refusal: Refusal) -> HttpResponse:
    """Return what an action refused."""
    return problem(refusal.status, code=refusal.code, detail=refusal.message)


def not_found() -> HttpResponse:
    """Return that there is nothing, or nothing that this token may see."""
    detail = _("There is nothing at this address, or it is not for this token to see. Check the ids in it.")
    return problem(404, code="not_found", detail=detail)


def teach(api: NinjaAPI) -> None:
    """Let an API answer everything that goes wrong with a problem."""

    @api.exception_handler(Refusal)
    def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
        return of_refusal(refusal)

    @api.exception_handler(Http404)
    def nothing(request: HttpRequest, error: Http404) -> HttpResponse:
        return not_found()

    @api.exception_handler(ValidationError)
    def unreadable(request: HttpRequest, error: ValidationError) -> HttpResponse:
        errors = [{"at": ".".join(str(part) for part in one["loc"]), "problem": one["msg"]} for one in error.errors]
        return problem(422, code="invalid", detail=_("Correct what `errors` names, then send it again."), errors=errors)

    @api.exception_handler(HttpError)
    def mistaken(request: HttpRequest, error: HttpError) -> HttpResponse:
        detail = _("The body can't be read: %(reason)s.") % {"reason": error.message}
        return problem(error.status_code, code="unreadable", detail=detail)

    @api.exception_handler(Exception)
    def broken(request: HttpRequest, error: Exception) -> HttpResponse:
        route = request.resolver_match.route if request.resolver_match else "?"  # a path may name a tag, or hold a line
        log.error("%s %s failed", request.method, route, exc_info=error)
        if settings.DEBUG:
            raise error
        detail = _("The mistake is ours, and it was noted. Nothing was changed; try again, or ask an administrator.")
        return problem(500, code="broken", detail=detail)
