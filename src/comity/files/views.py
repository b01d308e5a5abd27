"""Files go in and out here. Nothing that comes out can act in a page."""

from collections.abc import Iterator
from email.utils import formatdate
from typing import BinaryIO

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from comity.core.refusals import NotAllowed, Refusal

from . import actions, kinds, links, queries
from .models import Reference, ScanState

POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'"
UPLOAD = "files.upload"


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Take one file of a form and answer what the composer needs to know of it."""
    if not request.user.is_authenticated:
        raise NotAllowed(_("Sign in to attach files."))
    if not request.user.may(UPLOAD):
        raise NotAllowed(_("Your role does not allow this. An administrator can change that."))
    file = request.FILES.get("file")
    if file is None:
        raise Refusal(_("No file arrived. Choose one and attach it again."), code="no_file", status=422)
    kept = actions.upload(content=file.file, name=file.name or "", by=request.user.actor)
    return JsonResponse(described(kept), status=201)


upload.needs = (UPLOAD,)  # type: ignore[attr-defined]  # the walk over all addresses reads it


@require_safe
def serve(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """Hand out a file to whoever holds a good link. The name in the address is for people only."""
    try:
        reference_id, download = links.read(key)
    except links.Forged:
        return _no(request, 404, _("There is no file at this address."))
    except links.Expired:
        return _no(request, 410, _("This link has expired. Open the conversation again to get a new one."))
    reference = queries.reference(reference_id)
    if reference is None:
        return _no(request, 404, _("There is no file at this address."))
    if reference.file.scan_state == ScanState.INFECTED:
        return _no(request, 403, _("This file is dangerous, so it is not handed out."))
    if not reference.file.is_servable:
        return _no(request, 403, _("This file is still being checked. Open it again in a moment."))
    return _content(request, reference, download=download)


def described(reference: Reference) -> dict[str, object]:
    """Return a reference as the browser's code knows it."""
    return {
        "id": reference.pk,
        "name": reference.name,
        "size": reference.size,
        "content_type": reference.content_type,
        "is_picture": kinds.is_picture(reference.content_type),
        "url": queries.url_for(reference),
    }


def _content(request: HttpRequest, reference: Reference, *, download: bool) -> HttpResponse:
    tag = f'"{reference.file.digest[:32]}"'
    if tag in request.headers.get("If-None-Match", ""):
        return _locked_down(HttpResponseNotModified(), tag)
    try:
        content = queries.open_file(reference.file)
    except FileNotFoundError:
        return _no(request, 404, _("The content of this file is missing in the data folder."))
    is_attachment = download or not kinds.is_inline(reference.content_type)
    response = FileResponse(content, content_type=kinds.served_as(reference.content_type))
    response["Content-Length"] = str(reference.file.size)
    response["Content-Disposition"] = content_disposition_header(is_attachment, reference.name) or "attachment"
    return _locked_down(response, tag)
