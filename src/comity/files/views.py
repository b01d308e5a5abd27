"""Files go in and out here. Nothing that comes out can act in a page."""

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified, JsonResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from comity.core.refusals import NotAllowed, Refusal

from . import actions, kinds, links, queries
from .models import Reference, ScanState

POLICY = "sandbox; default-src 'none'"
UPLOAD = "files.upload"
KEPT_FOR = 8 * 3600  # seconds in the browser's own cache; the address changes sooner


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Take one file of a form; answer what the composer needs to know of it, or in words why not."""
    user: Any = request.user
    try:
        if not user.is_authenticated or not user.may(UPLOAD):
            raise NotAllowed(_("Your role does not allow attaching files. An administrator can change that."))
        file = request.FILES.get("file")
        if file is None or file.file is None:
            raise Refusal(_("No file arrived. Choose one and attach it again."), code="no_file", status=422)
        kept = actions.upload(content=file.file, name=file.name or "", by=user.actor)
    except Refusal as refusal:  # the browser's own code asks, so it gets no page
        return JsonResponse({"error": refusal.message, "code": refusal.code}, status=refusal.status)
    return JsonResponse(queries.described(kept), status=201)


upload.needs = (UPLOAD,)  # type: ignore[attr-defined]  # the walk over all addresses reads it


@require_safe
def serve(request: HttpRequest, key: str, name: str) -> HttpResponseBase:
    """Hand out a file to whoever holds a good link. The name in the address is for people only.

    Raises Refusal for a link that is forged or old, and for a file that must not be opened.
    """
    try:
        link = links.read(key)
    except links.Forged:
        raise Refusal(_("There is no file at this address."), code="no_file", status=404) from None
    except links.Expired:
        message = _("This link has expired. Open the page it came from again to get a new one.")
        raise Refusal(message, code="expired", status=410) from None
    reference = queries.reference(link.reference_id)
    if reference is None:
        raise Refusal(_("This file is no longer here."), code="gone", status=410)
    if reference.file.scan_state == ScanState.INFECTED:
        message = _("A virus was found in this file, so it cannot be opened.")
        raise Refusal(message, code="infected", status=403)
    if not reference.file.is_servable:
        message = _("This file is still being checked for viruses. Open it again in a moment.")
        raise Refusal(message, code="waiting", status=403)
    response = _content(request, reference, download=link.download)
    if link.elsewhere:  # a chat shows its pictures in the pages of the organisation's sites
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _content(request: HttpRequest, reference: Reference, *, download: bool) -> HttpResponseBase:
    tag = f'"{reference.file.digest[:32]}"'
    if tag in request.headers.get("If-None-Match", ""):
        return _locked_down(HttpResponseNotModified(), tag)
    try:
        content = queries.open_file(reference.file)
    except FileNotFoundError:
        raise Refusal(_("The content of this file is missing on the server."), code="gone", status=410) from None
    response = FileResponse(content, content_type=kinds.served_as(reference.content_type))
    response.block_size = 64 * 1024
    is_attachment = download or not kinds.is_inline(reference.content_type)
    response["Content-Length"] = str(reference.file.size)
    response["Content-Disposition"] = content_disposition_header(is_attachment, reference.name) or "inline"
    return _locked_down(response, tag)


def _locked_down(response: HttpResponseBase, tag: str) -> HttpResponseBase:
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-site"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = f"private, max-age={KEPT_FOR}, immutable"
    response["ETag"] = tag
    return response
