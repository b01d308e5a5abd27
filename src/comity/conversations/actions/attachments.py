"""Files of drafts and messages, and the pictures that stand in their text.

Stored HTML names a picture `cid:file-<reference>`; a page turns that into an expiring address, a mail into a part.
"""

import re
from collections.abc import Sequence

from comity.files import actions as files
from comity.files import queries as stored
from comity.files.links import Expired, Forged, read

_OURS = re.compile(r"(?P<before>\bsrc=\")/files/(?P<key>[^/\"]+)/[^\"]*\"")
_CID = re.compile(r"\bsrc=\"cid:file-(\d{1,18})\"")


def hand_on(*, owner: str, to: str, html: str) -> None:
    """Give every file of a draft to the message that it became, or back; pictures in the text stay inline."""
    inline = inline_ids(html)
    ids = [reference.pk for reference in stored.of_owner(owner)]
    for chosen, is_inline in (
        ([pk for pk in ids if pk in inline], True),
        ([pk for pk in ids if pk not in inline], False),
    ):
        if chosen:
            files.hand_over(references=chosen, owned_by=owner, to=to, is_inline=is_inline)


def hang_on(references: Sequence[int], *, owner: str, to: str, html: str) -> None:
    """Give uploaded files to a message; pictures in its text stay inline. Raises Refusal for one that is not theirs."""
    inline = inline_ids(html)
    for is_inline in (True, False):
        if chosen := [pk for pk in references if (pk in inline) is is_inline]:
            files.hand_over(references=chosen, owned_by=owner, to=to, is_inline=is_inline)


def with_cids(html: str) -> str:
    """Name our own pictures in edited HTML by what stays, not by an address that expires."""

    def name(found: re.Match[str]) -> str:
        try:
            return f'{found["before"]}cid:file-{read(found["key"])[0]}"'
        except (Expired, Forged, ValueError):
            return f'{found["before"]}"'

    return _OURS.sub(name, html)


def inline_ids(html: str) -> set[int]:
    """Return the references whose pictures stand in the text."""
    return {int(pk) for pk in _CID.findall(html)}
