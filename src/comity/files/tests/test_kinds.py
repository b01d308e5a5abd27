"""A file is what its content is, whatever its name claims, and leaves the store accordingly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.files.kinds import is_inline, kind_of, refine, served_as
from comity.files.names import clean_file_name
from comity.files.tests.make import PNG

DOCX = b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml" + b"\0" * 50
OPEN_DOCUMENT = b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/vnd.oasis.opendocument.textPK"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
        (b"GIF89a" + b"\0" * 20, "image/gif"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav"),
        (b"\0\0\0\x1cftypavif", "image/avif"),
        (b"\0\0\0\x1cftypheic", "image/heif"),
        (b"\0\0\0\x18ftypmp42", "video/mp4"),
        (b"\0\0\0\x18ftypM4A ", "audio/mp4"),
        (b"\x1aE\xdf\xa3\x01", "video/webm"),
        (b"ID3\x03", "audio/mpeg"),
        (b"OggS\0", "audio/ogg"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"PK\x03\x04" + b"\0" * 40, "application/zip"),
        (OPEN_DOCUMENT, "application/vnd.oasis.opendocument.text"),
        (b"MZ\x90\0", "application/vnd.microsoft.portable-executable"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "application/x-7z-compressed"),
        (b"hello, where is my order?", "text/plain"),
        ("Grüße, 返金".encode(), "text/plain"),
        ("Grüße".encode("latin-1"), "text/plain"),
        ("Hello".encode("utf-16"), "text/plain"),
        (b"", "text/plain"),
        (b"<!DOCTYPE html><p>hi", "text/html"),
        (b"\xef\xbb\xbf  <HTML>", "text/html"),
        (b"words first, then <script>alert(1)</script>", "text/html"),
        ("<html><script>1</script>".encode("utf-16"), "text/html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "image/svg+xml"),
        (b"<?xml version='1.0'?><svg:svg/>", "application/xml"),
        (b"<?xml version='1.0'?><!-- x --><svg onload='x()'/>", "image/svg+xml"),
        (b"#!/bin/sh\nrm -rf /", "text/x-script"),
        (bytes(range(256)), "application/octet-stream"),
    ],
)
def test_the_content_decides(content: bytes, kind: str) -> None:
    assert kind_of(content) == kind


def test_an_office_document_is_known_by_the_end_of_its_archive() -> None:
    assert kind_of(DOCX, b"\0word/document.xml\0").endswith("wordprocessingml.document")
    assert kind_of(DOCX, b"\0xl/workbook.xml\0").endswith("spreadsheetml.sheet")


@pytest.mark.parametrize(
    ("kind", "name", "refined"),
    [
        ("text/plain", "orders.csv", "text/csv"),
        ("text/plain", "code.JS", "text/javascript"),
        ("text/plain", "mail.eml", "message/rfc822"),
        ("text/plain", "picture.png", "text/plain"),
        ("image/png", "page.html", "image/png"),
        ("text/html", "picture.png", "text/html"),
        ("application/zip", "a.docx", "application/zip"),
    ],
)
def test_a_name_only_chooses_between_kinds_of_text(kind: str, name: str, refined: str) -> None:
    assert refine(kind, name) == refined


@pytest.mark.parametrize(
    "kind", ["text/html", "image/svg+xml", "application/xml", "text/javascript", "text/x-script", "application/x-foo"]
)
def test_what_can_act_leaves_as_bytes_of_no_kind(kind: str) -> None:
    assert served_as(kind) == "application/octet-stream"
    assert not is_inline(kind)


def test_a_document_may_be_named_but_never_shown() -> None:
    for kind in ("application/pdf", "text/csv", "message/rfc822"):
        assert served_as(kind) == kind
        assert not is_inline(kind)


@given(st.binary(max_size=300), st.binary(max_size=50))
def test_no_content_breaks_the_judgement_and_nothing_active_is_shown(head: bytes, tail: bytes) -> None:
    kind = kind_of(head, tail)
    assert 0 < len(kind) <= 100
    if is_inline(refine(kind, "a.html")):
        assert b"<script" not in head.lower() or not kind.startswith("text/")


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\anna\\bill.doc", "bill.doc"),
        ("a\r\nSet-Cookie: x=1.txt", "a Set-Cookie_ x=1.txt"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("\u0000nul.txt", "_nul.txt"),
        ("CON", "_CON"),
        ("com1.tar.gz", "_com1.tar.gz"),
        (".htaccess", "htaccess"),
        ("...", "file"),
        ("", "file"),
        ("   ", "file"),
        ('a"b<c>|?*.png', "a_b_c____.png"),
        ("返金.pdf", "返金.pdf"),
        ("x" * 400 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_a_hostile_name_becomes_harmless(name: str, clean: str) -> None:
    assert clean_file_name(name) == clean


@given(st.text(max_size=400))
def test_any_name_becomes_a_name(name: str) -> None:
    clean = clean_file_name(name)
    assert 0 < len(clean) <= 150
    assert not {"/", "\\", "\0", "\n", "\r", '"'} & set(clean)
    assert clean == clean.strip()
    assert not clean.startswith(".")
