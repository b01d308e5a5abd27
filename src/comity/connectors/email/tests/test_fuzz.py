# ruff: noqa: E501  (mails keep their lines)
"""Bytes that nobody would send: still a message, never an error."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comity.channels.contract import Context, IncomingMessage
from comity.connectors.email import parse as parsing
from comity.connectors.email.tests.make import a_mail

SEEDS = [path.read_bytes() for path in sorted((Path(__file__).parent / "payloads").rglob("*.eml"))]
PIECES = st.sampled_from(
    [
        b"\n", b"\r\n", b"\r", b"\x00", b"\xff\xfe", b"--", b"--A\n", b"--A--\n", b"=?utf-8?b?", b"?=", b"=?", b"<", b">", b'"', b"(",
        b"Content-Type: multipart/mixed; boundary=A\n\n", b"Content-Type: message/rfc822\n\n", b"Content-Type: text/html; charset=x\n\n",
        b"Content-Type: message/delivery-status\n\n", b"Content-Type: multipart/report; boundary=A\n", b"Final-Recipient: rfc822;",
        b"Content-Transfer-Encoding: base64\n", b"Content-Disposition: attachment; filename*0*=x''%", b"From: ", b"To: ", b"Message-ID: <",
        b"<table><td>", b"<blockquote type=cite>", b"On 1 Jan 2024 Bob <b@x.y> wrote:\n> ", b"begin 644 x\n", b"\x1b$B", b"+AGE-",
    ]
)  # fmt: skip
QUIET = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def assert_is_message(raw: bytes) -> None:
    found = parsing._parse(raw, Context(trusted_servers=("x",)))  # the part that must not need its safety net
    assert isinstance(found[-1], IncomingMessage)
    assert found[-1].external_id


@QUIET
@given(st.binary(max_size=400))
def test_any_bytes(raw: bytes) -> None:
    assert_is_message(raw)


@QUIET
@given(st.lists(PIECES, max_size=40))
def test_any_pieces(pieces: list[bytes]) -> None:
    assert_is_message(b"".join(pieces))
    assert_is_message(a_mail(b"".join(pieces), headers="Content-Type: multipart/mixed; boundary=A"))


@QUIET
@given(
    st.sampled_from(SEEDS), st.lists(st.tuples(st.floats(0, 1), PIECES | st.binary(min_size=1, max_size=4)), max_size=8)
)
def test_real_mails_with_damage(seed: bytes, damage: list[tuple[float, bytes]]) -> None:
    raw = bytearray(seed)
    for place, piece in damage:
        position = int(place * len(raw))
        raw[position : position + len(piece)] = piece
    assert_is_message(bytes(raw))
    assert_is_message(bytes(raw[: len(raw) // 2]))


@QUIET
@given(st.text(max_size=300), st.text(max_size=80))
def test_any_text_and_subject_is_kept(text: str, subject: str) -> None:
    raw = a_mail(text.encode("utf-8", "replace"), headers="Content-Type: text/plain; charset=utf-8", subject="x")
    (message,) = parsing.parse(raw, Context())
    expected = text.encode("utf-8", "replace").decode().replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    assert message.text.strip() == expected.strip().removeprefix("\ufeff").strip()
