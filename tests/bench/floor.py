"""The least that Django needs for the same rows: session, signed-in person, one query, one plain template.

It is served by the same bridge, threads and database as Comity, so what lies between the two is what Comity adds.
"""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.floor_settings")

import django

django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402
from django.contrib.auth.decorators import login_required  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.template import engines  # noqa: E402
from django.urls import path  # noqa: E402

from comity.conversations.models import Conversation, Message  # noqa: E402
from comity.core.bridge import Bridge, Receive, Scope, Send  # noqa: E402

ROWS = """<table>{% for row in rows %}<tr class="{{ row.status }}"><td>{{ row.pk }}</td><td>{{ row.contact.name }}</td>
<td><a href="/conversations/{{ row.pk }}">{{ row.subject }}</a></td><td>{{ row.preview }}</td><td>{{ row.status }}</td>
<td>{{ row.priority }}</td><td>{{ row.assignee.name }}</td><td>{{ row.last_activity_at|date:"Y-m-d H:i" }}</td></tr>
{% endfor %}</table>"""
MESSAGES = """{% for each in messages %}<article class="{{ each.direction }}"><h4>{{ each.author_name }}</h4>
<time>{{ each.created_at|date:"Y-m-d H:i" }}</time><div>{{ each.visible_text|linebreaks }}</div></article>
{% endfor %}"""
PAGE = "<!doctype html><html><body>" + MESSAGES + "{% if rows %}" + ROWS + "{% endif %}</body></html>"
template = engines["django"].from_string(PAGE)


@login_required
def listing(request: HttpRequest) -> HttpResponse:
    """Show fifty rows."""
    return HttpResponse(template.render({"rows": _rows()}, request))


@login_required
def conversation(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Show the messages of a conversation; without HX-Request also the list beside them."""
    context: dict[str, Any] = {"messages": Message.objects.filter(conversation=conversation_id).order_by("pk")}
    if "HX-Request" not in request.headers:
        context["rows"] = _rows()
    return HttpResponse(template.render(context, request))


def _rows() -> list[Conversation]:
    rows = Conversation.objects.filter(status__in=("new", "open"), deleted_at=None, merged_into=None)
    return list(rows.select_related("contact", "assignee").order_by("-last_activity_at", "-pk")[:50])


urlpatterns = [path("inbox", listing), path("conversations/<int:conversation_id>", conversation)]
pages = Bridge(WSGIHandler(), threads=settings.WEB_THREADS)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer as Comity's own door does."""
    if scope["type"] == "http":
        await pages(scope, receive, send)
