"""Mails of the demonstration's customers, as the bytes that a mail server would hand over."""

import html
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from .pictures import file_of

SERVER = "mx.larkmoor.example"
_PICTURE = re.compile(r"\[([\w.-]+\.png)\]")


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What a customer writes."""

    number: int
    sender: str
    name: str
    to: str
    subject: str
    text: str
    at: datetime
    answers: str = ""  # the Message-ID of the mail that this one answers
    copies: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()  # the lines of attached papers
    check: str = "pass"
    headers: tuple[tuple[str, str], ...] = ()


def as_bytes(letter: Letter) -> bytes:
    """Return the whole mail."""
    domain = letter.sender.rpartition("@")[2]
    mail = EmailMessage()
    mail["Authentication-Results"] = f"{SERVER}; dmarc={letter.check} header.from={domain}"
    mail["From"] = formataddr((letter.name, letter.sender))
    mail["To"] = letter.to
    if letter.copies:
        mail["Cc"] = ", ".join(formataddr((name, address)) for address, name in letter.copies)
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(letter.at)
    mail["Message-ID"] = f"<larkmoor-demo-{letter.number}@{domain}>"
    if letter.answers:
        mail["In-Reply-To"] = mail["References"] = letter.answers
    for name, value in letter.headers:
        mail[name] = value
    pictures = _PICTURE.findall(letter.text)
    mail.set_content(_PICTURE.sub("", letter.text))
    if pictures:
        _add_html(mail, letter.text, pictures)
    for name in letter.files:
        content_type, content = file_of(name, list(letter.papers) or ["Larkmoor Coffee Works"])
        main, _slash, sub = content_type.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return mail.as_bytes()


def _add_html(mail: EmailMessage, text: str, pictures: list[str]) -> None:
    """Pictures within the text need a second, formatted version of it."""
    mail.add_alternative(_as_html(text), subtype="html")
    body = mail.get_payload()[1]  # type: ignore[index]  # the version that was just added
    for name in dict.fromkeys(pictures):
        body.add_related(file_of(name, [])[1], maintype="image", subtype="png", cid=f"<{name}>", filename=name)  # type: ignore[union-attr]


def _as_html(text: str) -> str:
    paragraphs = []
    for paragraph in text.split("\n\n"):
        safe = html.escape(paragraph, quote=False).replace("\n", "<br>")
        paragraphs.append("<p>" + _PICTURE.sub(r'<img src="cid:\1" alt="\1" width="480">', safe) + "</p>")
    return "<html><body>" + "".join(paragraphs) + "</body></html>"
