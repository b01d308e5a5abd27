# ruff: noqa: E501  (mails keep their lines)
"""What a mail says is what an agent reads, whichever program wrote it."""

import base64
import struct
from datetime import UTC, datetime

import pytest

from comity.channels.contract import Address, Recipient
from comity.connectors.email.tests.make import a_mail, an_html_mail, read


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("utf-8", "Grüße aus Köln"), ("iso-8859-1", "Grüße aus Köln"), ("windows-1252", "“quoted” – 5 €"),
        ("iso-8859-15", "5 € für dich"), ("koi8-r", "Привет, мир"), ("windows-1251", "Привет, мир"),
        ("shift_jis", "こんにちは、①番です"), ("iso-2022-jp", "こんにちは世界"), ("euc-jp", "こんにちは世界"),
        ("gb2312", "你好，世界"), ("gbk", "你好，世界"), ("gb18030", "你好，世界"), ("big5", "你好，世界"),
        ("euc-kr", "안녕하세요 세계"), ("ks_c_5601-1987", "안녕하세요 세계"), ("windows-1256", "مرحبا بالعالم"),
        ("iso-8859-8-i", "שלום עולם"), ("windows-874", "สวัสดีชาวโลก"), ("iso-8859-9", "Merhaba dünya, ışık"),
        ("utf-16", "Grüße"), ("utf-7", "Grüße £"), ("hz-gb-2312", "你好，世界"), ("windows-1250", "Příliš žluťoučký"),
    ],
)  # fmt: skip
def test_every_charset_is_read(charset: str, text: str) -> None:
    codec = {
        "iso-8859-8-i": "iso-8859-8",
        "windows-874": "cp874",
        "ks_c_5601-1987": "euc-kr",
        "hz-gb-2312": "hz",
        "shift_jis": "cp932",
    }
    data = text.encode(codec.get(charset, charset))
    headers = f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: base64"
    message = read(a_mail(base64.encodebytes(data), headers=headers))
    assert message.text == text
    assert message.problems == ()


def test_an_unknown_charset_is_guessed_and_noted() -> None:
    text = "Добрый день! Посылка так и не пришла, хотя прошло уже две недели. Помогите, пожалуйста."
    message = read(a_mail(text.encode("koi8-r"), headers="Content-Type: text/plain; charset=klingon-1"))
    assert message.text == text
    assert "klingon-1" in message.problems[0]


def test_a_charset_that_is_a_lie_does_no_harm() -> None:
    assert read(a_mail("Grüße", headers="Content-Type: text/plain; charset=us-ascii")).text == "Grüße"
    assert read(a_mail("Grüße", headers="Content-Type: text/plain; charset=iso-2022-jp")).text == "Grüße"
    assert read(a_mail("Grüße".encode("latin-1"), headers="Content-Type: text/plain; charset=utf-8")).text == "Grüße"
    assert read(a_mail("x", headers="Content-Type: text/plain; charset=unicode_escape")).text == "x"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße"),
        ("=?UTF-8?B?R3LDvMOfZQ?=", "Grüße"),  # without padding
        ("=?utf-8*de?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),  # with a language
        ("=?utf-8?q?Gr=C3?= =?utf-8?q?=BC=C3=9Fe?=", "Grüße"),  # a letter cut in two
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?==?utf-8?q?_du?=", "Grüße du"),  # no blank between
        ("Re: =?iso-8859-1?q?Gr=FC=DFe an dich?=", "Re: Grüße an dich"),  # blanks inside
        ('"=?utf-8?q?Gr=C3=BC=C3=9Fe?="', '"Grüße"'),
        ("=?no-such?q?abc?= d", "abc d"),
        ("Grüße roh", "Grüße roh"),
        ("=?utf-8?q?unfinished", "=?utf-8?q?unfinished"),
        ("=?iso-2022-jp?B?GyRCJDMkcyRLJEEkTxsoQg==?=", "こんにちは"),
        ("a\n folded\n\tsubject", "a folded subject"),
    ],
)
def test_subjects_are_read_however_they_were_encoded(raw: str, words: str) -> None:
    assert read(a_mail(subject=raw)).subject == words


@pytest.mark.parametrize(
    ("raw", "address", "name"),
    [
        ("Anna <anna@x.example>", "anna@x.example", "Anna"),
        ('"Berg, Anna" <Anna.Berg@X.EXAMPLE>', "Anna.Berg@x.example", "Berg, Anna"),
        ("Berg, Anna <anna@x.example>", "anna@x.example", "Berg, Anna"),
        ("=?utf-8?q?Berg=2C_J=C3=B6rg?= <j@x.example>", "j@x.example", "Berg, Jörg"),
        ("=?utf-8?q?J=C3=B6rg_=3Cj=40x=2Eexample=3E?=", "j@x.example", "Jörg"),
        ("anna@x.example (Anna Berg)", "anna@x.example", "Anna Berg"),
        ("anna@x.example", "anna@x.example", ""),
        ("< anna@x.example >", "anna@x.example", ""),
        ("'anna@x.example' <anna@x.example>", "anna@x.example", "anna@x.example"),
        ("jörg@grüße.example", "jörg@grüße.example", ""),
        ("Anna <mailto:anna@x.example>", "anna@x.example", "Anna"),
        ("Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", "pete@silly.test", "Pete(A nice \\) chap"),
    ],
)
def test_senders_are_read_however_they_were_written(raw: str, address: str, name: str) -> None:
    sender = read(a_mail(sender=raw)).sender
    assert sender.address == address
    assert sender.name == name or "Pete" in sender.name


def test_recipients_keep_their_role_and_stand_once() -> None:
    message = read(
        a_mail(
            to="Support <support@desk.example>, Bob <bob@x.example>; SUPPORT@desk.example, undisclosed-recipients:;",
            headers="Cc: Team: carla@x.example, bob@x.example;, not an address\nReply-To: Anna <a2@home.example>",
        )
    )
    assert message.recipients == (
        Recipient("to", "support@desk.example", "Support"),
        Recipient("to", "bob@x.example", "Bob"),
        Recipient("cc", "carla@x.example", ""),
    )
    assert message.reply_to == (Address("a2@home.example", "Anna"),)
    assert message.sent_at == datetime(2024, 1, 1, 9, 0, tzinfo=UTC)


def test_without_sender_or_date_it_is_still_a_message() -> None:
    message = read(b"Subject: x\n\nHello")
    assert (message.sender, message.text, message.sent_at) == (Address(""), "Hello", None)
    assert message.problems == ("This message does not say who sent it.",)
    assert (
        read(b"Subject: x\nDate: yesterday\n\nHello", envelope_sender="anna@x.example").sender.address
        == "anna@x.example"
    )
    assert read(b"").external_id.startswith("sha256:")
    assert read(b"From: a@b.example\nquite broken line\nSubject: behind it\n\nbody").subject == "behind it"


def test_the_message_id_counts_once_and_a_missing_one_is_made_from_what_stays_the_same() -> None:
    assert read(a_mail(message_id="<Ab.1@home.example>")).external_id == "<Ab.1@home.example>"
    assert read(a_mail(message_id="Ab.1@home.example")).external_id == "<Ab.1@home.example>"
    assert read(a_mail(message_id="<Ab.\n 1@home.example>")).external_id == "<Ab.1@home.example>"
    first = read(a_mail(message_id="", headers="Received: by one"))
    again = read(a_mail(message_id="", headers="Received: by two\nDelivered-To: somebody"))
    other = read(a_mail("Something else", message_id=""))
    assert first.external_id.startswith("sha256:")
    assert first.external_id == again.external_id
    assert first.external_id != other.external_id


ALTERNATIVE = """MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=A"""
MIXED_BODY = """--A
Content-Type: multipart/alternative; boundary=B

--B
Content-Type: text/plain; charset=utf-8

plain words
--B
Content-Type: multipart/related; boundary=C

--C
Content-Type: text/html; charset=utf-8

<p>html <b>words</b> <img src="cid:Logo@1"></p><script>alert(1)</script>
--C
Content-Type: image/png; name=logo.png
Content-ID: <logo@1>
Content-Disposition: inline; filename=logo.png
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--C--
--B
Content-Type: text/calendar; method=REQUEST

BEGIN:VCALENDAR
END:VCALENDAR
--B--
--A
Content-Type: application/pdf
Content-Disposition: attachment;
 filename*0*=utf-8''Rechnung%20N;
 filename*1*=r.%205%20%E2%82%AC.pdf
Content-Transfer-Encoding: base64

JVBERi0=
--A
Content-Type: message/rfc822

From: bob@x.example
Subject: Inner

Inner words
--A--
"""


def test_words_inline_pictures_and_files_come_apart() -> None:
    message = read(a_mail(MIXED_BODY, headers=ALTERNATIVE))

    assert message.text == "plain words"
    assert message.html == '<p>html <b>words</b> <img src="cid:Logo@1"></p>'
    assert [(file.name, file.content_type, file.is_inline) for file in message.files] == [
        ("logo.png", "image/png", True),
        ("invite.ics", "text/calendar", False),
        ("Rechnung Nr. 5 €.pdf", "application/pdf", False),
        ("Inner.eml", "message/rfc822", False),
    ]
    assert message.files[2].content == b"%PDF-"
    assert b"Inner words" in message.files[3].content


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ('Content-Disposition: attachment; filename="=?utf-8?q?Gr=C3=BC=C3=9Fe.txt?="', "Grüße.txt"),
        ("Content-Disposition: attachment; filename*=iso-8859-1''Gr%FC%DFe.txt", "Grüße.txt"),
        ("Content-Disposition: attachment; filename*=no-such''Gr%C3%BC.txt", "Grü.txt"),
        ('Content-Disposition: attachment; filename="Grüße.txt"', "Grüße.txt"),
        ("Content-Disposition: attachment; filename=two words.txt", "two"),
        ('Content-Disposition: attachment; filename="../../etc/passwd"', "passwd"),
        ('Content-Disposition: attachment; filename="C:\\\\a\\\\b.txt"', "b.txt"),
        ('Content-Disposition: attachment; filename="gpj.\u202etxt"', "gpj.txt"),
        ("Content-Disposition: attachment", "attachment.bin"),
    ],
)
def test_file_names_are_read_and_made_safe(parameters: str, name: str) -> None:
    body = f"--A\nContent-Type: application/octet-stream\n{parameters}\n\nx\n--A--\n"
    found = read(a_mail(body, headers=ALTERNATIVE)).files[0].name
    assert found == name or found.startswith(name + " ")


def test_flowed_text_is_joined() -> None:
    body = "This is one \nline of words.\n\n> quoted \n> words\n-- \nAnna"
    message = read(a_mail(body, headers="Content-Type: text/plain; format=flowed"))
    assert message.text == "This is one line of words.\n\n> quoted words\n-- \nAnna"


def test_html_only_gives_words_too() -> None:
    message = read(an_html_mail("<p>Hello</p><ul><li>one<li>two</ul>"))
    assert message.visible_text == "Hello\n\n  * one\n  * two"


def test_a_picture_written_into_the_html_becomes_a_file() -> None:
    message = read(an_html_mail('<p>x<img alt="p" src="data:image/png;base64,iVBORw0KGgo="></p>'))
    assert message.files[0].content == base64.b64decode("iVBORw0KGgo=")
    assert f'src="cid:{message.files[0].content_id}"' in message.html
    assert message.files[0].is_inline


def test_a_boundary_that_nobody_announced_is_found() -> None:
    raw = a_mail(MIXED_BODY, headers="MIME-Version: 1.0\nContent-Type: multipart/mixed")
    assert read(raw).text == "plain words"
    assert read(a_mail("no parts", headers="Content-Type: multipart/mixed; boundary=X")).text == "no parts"
    cut = a_mail(MIXED_BODY[: MIXED_BODY.index("--C--")], headers=ALTERNATIVE)
    assert read(cut).text == "plain words"


def test_encrypted_mail_is_kept_and_says_what_to_do() -> None:
    body = (
        "--A\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--A\nContent-Type: application/octet-stream; "
        'name="encrypted.asc"\n\n-----BEGIN PGP MESSAGE-----\n--A--\n'
    )
    message = read(
        a_mail(body, headers='Content-Type: multipart/encrypted; boundary="A"; protocol="application/pgp-encrypted"')
    )
    assert [file.name for file in message.files] == ["attachment.pgp", "encrypted.asc"]
    assert "encrypted" in message.problems[0]


def test_a_signed_mail_shows_its_words() -> None:
    body = "--A\nContent-Type: text/plain\n\nsigned words\n--A\nContent-Type: application/pgp-signature; name=signature.asc\n\nx\n--A--\n"
    message = read(a_mail(body, headers="Content-Type: multipart/signed; boundary=A"))
    assert message.text == "signed words"
    assert message.files[0].name == "signature.asc"


def test_large_mail_is_read() -> None:
    content = bytes(range(256)) * 4096 * 40  # 40 MB
    body = b"--A\nContent-Type: text/plain\n\nsee the file\n--A\nContent-Type: application/zip; name=a.zip\nContent-Transfer-Encoding: base64\n\n"
    message = read(a_mail(body + base64.encodebytes(content) + b"--A--\n", headers=ALTERNATIVE))
    assert message.text == "see the file"
    assert message.files[0].content == content


@pytest.mark.parametrize("depth", [60, 3_000])
def test_parts_within_parts_end_somewhere(depth: int) -> None:
    opening = "".join(f"--b{n}\nContent-Type: multipart/mixed; boundary=b{n + 1}\n\n" for n in range(depth))
    raw = a_mail(opening + f"--b{depth}\n\nwords\n", headers="Content-Type: multipart/mixed; boundary=b0")
    message = read(raw)
    assert message.problems
    assert message.subject == "The lamp"


def test_what_came_with_a_forward_is_whole_and_names_its_writer() -> None:
    body = (
        "Can you help her?\n\n---------- Forwarded message ---------\nFrom: Anna Berg <anna@home.example>\n"
        "Date: Mon, 1 Jan 2024\nSubject: Broken\nTo: bob@desk.example\n\nMy lamp is broken."
    )
    message = read(a_mail(body, subject="Fwd: Broken", sender="Bob <bob@desk.example>"))
    assert message.forwarded_from == Address("anna@home.example", "Anna Berg")
    assert "My lamp is broken." in message.visible_text
    outlook = body.replace("Anna Berg <anna@home.example>", "Anna Berg [mailto:anna@home.example]")
    assert read(a_mail(outlook, subject="WG: Broken")).forwarded_from == Address("anna@home.example", "Anna Berg")
    twice = body.replace("<anna@home.example>", "<anna@home.example<mailto:anna@home.example>>")
    assert read(a_mail(twice, subject="FW: Broken")).forwarded_from == Address("anna@home.example", "Anna Berg")
    assert read(a_mail(body, subject="Re: Broken")).forwarded_from is None


def test_whatever_fails_the_bytes_become_a_message(monkeypatch) -> None:
    message = read(b'From: a@b.example\nSubject: x\nContent-Type: multipart/mixed; boundary="\n\n--\n\x00\xff')
    assert message.sender.address == "a@b.example"


def a_winmail() -> bytes:
    def attribute(kind: int, value: bytes) -> bytes:
        return struct.pack("<BII", 2, kind, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)

    name = "Grüße lang.txt".encode("utf-16-le") + b"\0\0"
    padded = name + b"\0" * (-len(name) % 4)
    properties = (
        struct.pack("<I", 2)
        + struct.pack("<HHI", 3, 0x0E20, 5)
        + struct.pack("<HHII", 0x1F, 0x3707, 1, len(name))
        + padded
    )
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(
        [
            attribute(0x00069002, b"\0" * 14), attribute(0x00018010, b"GRUSSE~1.TXT\0"), attribute(0x0006800F, b"hello"),
            attribute(0x00069005, properties),
            attribute(0x00069002, b"\0" * 14), attribute(0x00018010, b"b.bin\0"), attribute(0x0006800F, b"\x00\x01"),
        ]
    )  # fmt: skip


def test_files_in_a_winmail_dat_are_taken_out_and_it_is_kept() -> None:
    body = b"--A\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n"
    raw = a_mail(body + base64.encodebytes(a_winmail()) + b"--A--\n", headers=ALTERNATIVE)
    files = read(raw).files
    assert [(file.name, file.content) for file in files[1:]] == [("Grüße lang.txt", b"hello"), ("b.bin", b"\x00\x01")]
    assert files[0].name == "winmail.dat"
    for end in range(0, len(a_winmail()), 7):
        broken = body + base64.encodebytes(a_winmail()[:end]) + b"--A--\n"
        assert read(a_mail(broken, headers=ALTERNATIVE)).files[0].name == "winmail.dat"
