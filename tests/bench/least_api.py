"""The least that an API needs: one django-ninja endpoint that reads a body and inserts one row.

It is served by the same bridge, threads and database settings as Comity, so what lies between is what Comity does.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.least_api_settings")

import django

django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.http import HttpRequest  # noqa: E402
from django.urls import path  # noqa: E402
from ninja import NinjaAPI, Schema, Status  # noqa: E402

from comity.contacts.models import Company  # noqa: E402
from comity.core import clock  # noqa: E402
from comity.core.bridge import Bridge, Receive, Scope, Send  # noqa: E402

api = NinjaAPI(docs_url=None, openapi_url=None)


class Beginning(Schema):
    """The same body that Comity gets."""

    inbox: int
    to: str
    subject: str
    text: str
    undo_seconds: int


class Made(Schema):
    """What was made."""

    id: int
    subject: str


@api.post("/conversations", response={201: Made})
def create(request: HttpRequest, body: Beginning) -> Status[dict[str, object]]:
    """Insert one row."""
    made = Company.objects.create(name=body.subject, folded=body.subject, created_at=clock.now())
    return Status(201, {"id": made.pk, "subject": made.name})


urlpatterns = [path("api/v1/", api.urls)]
answers = Bridge(WSGIHandler(), threads=settings.WEB_THREADS)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer as Comity's own door does."""
    if scope["type"] == "http":
        await answers(scope, receive, send)
