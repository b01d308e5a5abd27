"""A mail's own HTML, in a document of its own that can neither act nor load from elsewhere."""

import re
from threading import BoundedSemaphore

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comity.accounts.access import AgentRequest, agent_may
from comity.core.html import with_images
from comity.core.http import Client, HttpError, Response
from comity.files import kinds
from comity.files import queries as files

from .. import queries
from ..images import Forged, address_of, url_in
from ..models import Message

# No scripts, forms or top navigation. Same origin only so that the page around it can measure its height.
POLICY = (
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "img-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)
# A mail that sets colours was made for white paper; any other takes the reader's own.
_COLOURED = re.compile(r"\bbgcolor=|background(?:-color|-image)?\s*:|(?<![-\w])color\s*[:=]", re.IGNORECASE)

ELSEWHERE = Client(seconds=5, max_bytes=8 * 1024 * 1024)
# Slow servers elsewhere must not take all the threads that make pages.
AT_ONCE = BoundedSemaphore(3)
PATIENCE = 5.0


@require_safe
@agent_may("conversations.read")
def message_frame(request: AgentRequest, message_id: int) -> HttpResponse:
    """Show a message's HTML; with `pictures`, also those that lie elsewhere, through our own proxy."""
    message = queries.message_or_404(request.user, message_id)
    request.belongs_to = {"conversation_id": message.conversation_id}  # type: ignore[attr-defined]  # for the log
    context = {
        "markup": _markup(message, with_remote="pictures" in request.GET),
        "is_coloured": bool(_COLOURED.search(message.html)),
    }
    answer = render(request, "conversations/frame.html", context)
    answer["Content-Security-Policy"] = POLICY
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, max-age=300"
    return answer


@require_safe
@agent_may("conversations.read")
def image_proxy(request: AgentRequest, key: str) -> HttpResponse:
    """Fetch a picture from elsewhere for a reader, so that its owner learns nothing of them."""
    try:
        found = _fetched(url_in(key))
    except (Forged, HttpError) as error:
        raise Http404(str(error)) from None
    kind = kinds.kind_of(found.body[:4096]) if found.ok else ""
    if not kinds.is_picture(kind):
        raise Http404("no picture")
    answer = HttpResponse(found.body, content_type=kind)
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, max-age=86400"
    return answer


def _fetched(url: str) -> Response:
    if not AT_ONCE.acquire(timeout=PATIENCE):
        raise HttpError("Too many pictures are being fetched.")
    try:
        return ELSEWHERE.get(url, headers={"Accept": "image/*", "User-Agent": "Comity"})
    finally:
        AT_ONCE.release()


def _markup(message: Message, *, with_remote: bool) -> str:
    owned = files.of_owner(message.stream)
    inline = {file.content_id.strip("<>"): file for file in owned if file.content_id}
    inline |= {f"file-{file.pk}": file for file in owned}

    def cid_url(content_id: str) -> str | None:
        file = inline.get(content_id.strip("<>"))
        return files.url_for(file) if file and file.file.is_servable else None

    return with_images(message.html, cid_url, address_of if with_remote else None)
