"""A sealed stream opens with its passphrase, whole; any other way it says no."""

import io
import random

import pytest

from comity.cli.backup import sealing
from comity.cli.backup.sealing import MAGIC, PIECE, PROOF, SALT, TAG, SealedReader, SealedWriter
from comity.core.refusals import Refusal

WORD = "four wooden ducks"
HEAD = len(MAGIC) + SALT + PROOF


@pytest.fixture(autouse=True)
def _no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever guesses has a third of a second of work for each; here it is spared, test_backup.py does it."""
    assert sealing.WORK == 2**17
    monkeypatch.setattr(sealing, "WORK", 2**10)


def sealed(content: bytes) -> bytes:
    to = io.BytesIO()
    writer = SealedWriter(to, WORD)
    for start in range(0, len(content), 50_000):
        writer.write(content[start : start + 50_000])
    writer.close()
    return to.getvalue()


def opened(stream: bytes, word: str = WORD) -> bytes:
    source = io.BytesIO(stream)
    assert source.read(len(MAGIC)) == MAGIC
    reader, found = SealedReader(source, word), b""
    while more := reader.read(40_000):
        found += more
    return found


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 17])
def test_it_comes_back_as_it_was(size: int) -> None:
    content = random.Random(size).randbytes(size)

    assert opened(sealed(content)) == content


def test_a_passphrase_is_the_same_however_its_letters_are_composed() -> None:
    to = io.BytesIO()
    writer = SealedWriter(to, "Gru\u0308ße aus Köln")
    writer.write(b"hello")
    writer.close()

    assert opened(to.getvalue(), "Grüße aus Köln") == b"hello"


def test_another_passphrase_opens_nothing() -> None:
    with pytest.raises(Refusal, match="passphrase does not open"):
        opened(sealed(b"hello"), "four wooden duck")


def test_nothing_shows_through() -> None:
    assert b"hello" not in sealed(b"hello" * 1000)


def pieces(stream: bytes) -> list[bytes]:
    return [stream[start : start + PIECE + TAG] for start in range(HEAD, len(stream), PIECE + TAG)]


@pytest.mark.parametrize(
    "damage",
    [
        lambda stream: stream[:-1],
        lambda stream: stream + b"x",
        lambda stream: stream[: HEAD + PIECE + TAG],  # cut off between two pieces
        lambda stream: stream[:HEAD],
        lambda stream: stream[: HEAD - 5],
        lambda stream: stream[: HEAD + 100] + bytes([stream[HEAD + 100] ^ 1]) + stream[HEAD + 101 :],
        lambda stream: stream[:-30] + bytes([stream[-30] ^ 1]) + stream[-29:],
        lambda stream: stream[:HEAD] + b"".join([*reversed(pieces(stream)[:2]), *pieces(stream)[2:]]),
        lambda stream: stream[:HEAD] + b"".join(pieces(stream)[1:]),
        lambda stream: stream + pieces(stream)[-1],
    ],
)
def test_whatever_was_changed_is_noticed(damage: object) -> None:
    stream = sealed(random.Random(1).randbytes(3 * PIECE + 17))

    with pytest.raises(Refusal, match="damaged or incomplete"):
        opened(damage(stream))  # type: ignore[operator]
