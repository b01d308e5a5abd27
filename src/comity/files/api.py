"""Files over the API: uploaded first, then named by what they belong to."""

from typing import Any

from django.http import HttpRequest
from ninja import File, Router, Schema, Status, UploadedFile

from comity.core.api import mount, needs

from . import actions

router = mount("/attachments", Router(tags=["attachments"]))


class Uploaded(Schema):
    """A file that waits, for a day, until a message takes it over."""

    id: int
    name: str
    content_type: str
    size: int


@router.post("", response={201: Uploaded}, summary="Upload a file")
@needs("files.upload")
def upload_attachment(request: HttpRequest, file: File[UploadedFile]) -> Status[dict[str, Any]]:
    """Send it as multipart/form-data under the name `file`, then give its id to a message of the same token."""
    user: Any = request.user
    kept = actions.upload(content=file.file or file.read(), name=file.name or "", by=user.actor)
    answer = {"id": kept.pk, "name": kept.name, "content_type": kept.content_type, "size": kept.size}
    return Status(201, answer)
