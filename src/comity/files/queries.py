"""What others ask about files."""

from collections import defaultdict
from collections.abc import Iterable
from typing import BinaryIO

from comity.core.rows import find_among, find_rows

from . import kinds, store
from .links import url_for
from .models import Reference, StoredFile

__all__ = ["described", "names_of", "of_owner", "of_owners", "open_file", "reference", "url_for"]

NAMES = "SELECT id, owner_id, name FROM files_reference WHERE owner_kind = %s AND owner_id IN ({})"


def of_owner(owner: str) -> list[Reference]:
    """Return what somebody, such as `message:12`, needs, in the order in which it came."""
    owner_kind, _, owner_id = owner.partition(":")
    return of_owners(owner_kind, [owner_id]).get(owner_id, [])


def of_owners(owner_kind: str, owner_ids: Iterable[object]) -> dict[str, list[Reference]]:
    """Return the references of many owners of one kind by owner id, in two queries; where there are none, in one."""
    wanted = [str(owner_id) for owner_id in owner_ids]
    found: dict[str, list[Reference]] = defaultdict(list)
    rows = find_rows(Reference, owner_kind=owner_kind, owner_id=wanted) if wanted else []
    stored = {file.pk: file for file in find_rows(StoredFile, id=[row.file_id for row in rows])} if rows else {}
    for row in rows:
        if row.file_id in stored:  # else somebody has just taken both away
            row.file = stored[row.file_id]
            found[row.owner_id].append(row)
    return dict(found)


def names_of(owner_kind: str, owner_ids: Iterable[object]) -> dict[str, list[str]]:
    """Return the names of the files of many owners of one kind by owner id, in one query."""
    wanted = [str(owner_id) for owner_id in owner_ids]
    found: dict[str, list[str]] = defaultdict(list)
    for _pk, owner_id, name in sorted(find_among(NAMES, wanted, owner_kind)):
        found[owner_id].append(name)
    return dict(found)


def reference(reference_id: int) -> Reference | None:
    """Return a reference with its file, or None when it is gone."""
    return Reference.objects.select_related("file").filter(pk=reference_id).first()


def open_file(file: StoredFile) -> BinaryIO:
    """Open the content for reading. Raises FileNotFoundError when the data folder lost it."""
    return store.open_content(file.digest)


def described(reference: Reference) -> dict[str, object]:
    """Return a reference as the browser's code and the API know it."""
    return {
        "id": reference.pk,
        "name": reference.name,
        "size": reference.size,
        "content_type": reference.content_type,
        "is_picture": kinds.is_picture(reference.content_type),
        "scan_state": reference.file.scan_state,
        "url": url_for(reference),
    }
