"""Mails as customers send them, the same ones for the same seed.

Three of ten are replies to an earlier one of the same customer, two of ten carry a file of 50 KB; all have text and
HTML in several languages, and the headers that a way through three servers leaves.
"""

import base64
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.utils import format_datetime
from quopri import encodestring

REPLIES, FILES, FILE_BYTES, CUSTOMERS = 0.3, 0.2, 50_000, 120
BEFORE = 40  # a reply follows its mail by at least so many others, as nobody answers before it is there
BEGAN = datetime(2026, 3, 2, 8, tzinfo=UTC)
WORDS = [
    "order refund invoice delivery broken login password account update shipment address late battery warranty",
    "Bestellung Rückerstattung Rechnung Lieferung beschädigt Anmeldung Gerät Gewährleistung dringend Grüße gestern",
    "commande remboursement facture livraison cassé connexion adresse retard abonnement écran garantie déjà réponse",
    "zamówienie zwrot faktura dostawa uszkodzony hasło konto proszę opóźnienie reklamacja wiadomość również źle",
    "طلب استرداد فاتورة توصيل مكسور حساب كلمة المرور عنوان تأخير إلغاء ضمان شكرا",
    "注文 返金 請求書 配送 破損 ログイン アカウント お願いします 住所 遅延 保証 解約",
]
KINDS = [("application/pdf", "Rechnung {}.pdf"), ("image/png", "screenshot {}.png"), ("text/plain", "debug {}.log")]


@dataclass(frozen=True)
class Mail:
    """A mail with what must become of it."""

    sender: str
    content: bytes
    is_reply: bool


@dataclass(frozen=True)
class _Sent:
    number: int
    customer: int
    subject: str
    text: str
    references: str


def mails(count: int, *, to: str, tag: str = "a", seed: int = 4711) -> list[Mail]:
    """Return so many mails; another tag makes others of the same kind."""
    chance = random.Random(seed)
    sent: list[_Sent] = []
    return [_mail(number, sent, to, tag, chance) for number in range(count)]


def _mail(number: int, sent: list[_Sent], to: str, tag: str, chance: random.Random) -> Mail:
    answered = None
    if chance.random() < REPLIES and number > BEFORE:
        answered = sent[chance.randrange(number - BEFORE)]
    words = chance.choice(WORDS).split()
    text = _words(words, chance.randrange(80, 260), chance)
    identity = f"<{tag}.{number}.{chance.getrandbits(60):x}@mail.client.test>"
    if answered:
        customer, subject = answered.customer, f"Re: {answered.subject.removeprefix('Re: ')}"
        references = f"{answered.references} <{identity[1:-1]}>".strip()
        text += "\n\nOn Monday we wrote:\n" + "\n".join(f"> {line}" for line in answered.text[:900].splitlines())
        thread = f"In-Reply-To: {answered.references.split()[-1]}\nReferences: {answered.references}\n"
    else:
        customer, subject, references, thread = (
            chance.randrange(CUSTOMERS),
            f"{_words(words, 5, chance)} {tag}{number}".replace("\n", " "),
            identity,
            "",
        )
    sent.append(_Sent(number, customer, subject, text, references))
    file = chance.randbytes(FILE_BYTES) if chance.random() < FILES else b""
    address = f"customer{customer}@client.test"
    head = _head(number, address, to, subject, identity, thread, chance)
    return Mail(address, (head + _body(text, file, number)).replace("\n", "\r\n").encode(), bool(answered))


def _head(number: int, sender: str, to: str, subject: str, identity: str, thread: str, chance: random.Random) -> str:
    at = format_datetime(BEGAN + timedelta(seconds=number * 40))
    received = "".join(
        f"Received: from mx{hop}.client.test (mx{hop}.client.test [192.0.2.{hop}])\n\tby relay{hop}.test with ESMTPS"
        f" id {chance.getrandbits(64):x};\n\t{at}\n"
        for hop in range(1, 4)
    )
    signature = base64.b64encode(chance.randbytes(256)).decode()
    signed = "\n\t".join(signature[start : start + 70] for start in range(0, len(signature), 70))
    return (
        f"Return-Path: <{sender}>\n{received}"
        f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=client.test; s=mail;\n\tb={signed}\n"
        f'From: "Customer {sender.partition("@")[0][8:]}" <{sender}>\nTo: Help <{to}>\n'
        f"Subject: {Header(subject, 'utf-8').encode()}\nDate: {at}\nMessage-ID: {identity}\n{thread}MIME-Version: 1.0\n"
    )


def _body(text: str, file: bytes, number: int) -> str:
    html = "<html><body>" + "".join(f"<p>{line}</p>" for line in text.splitlines()) + "</body></html>"
    both = (
        'Content-Type: multipart/alternative; boundary="=_words"\n\n'
        + "".join(
            f"--=_words\nContent-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
            f"{encodestring(words.encode()).decode()}\n"
            for kind, words in (("plain", text), ("html", html))
        )
        + "--=_words--\n"
    )
    if not file:
        return both
    kind, name = KINDS[number % len(KINDS)]
    return (
        f'Content-Type: multipart/mixed; boundary="=_all"\n\n--=_all\n{both}\n--=_all\nContent-Type: {kind}\n'
        f'Content-Disposition: attachment; filename="{name.format(number)}"\nContent-Transfer-Encoding: base64\n\n'
        f"{base64.encodebytes(file).decode()}--=_all--\n"
    )


def _words(words: list[str], count: int, chance: random.Random) -> str:
    found = [chance.choice(words) for _ in range(count)]
    return "\n".join(" ".join(found[start : start + 12]) for start in range(0, count, 12))
