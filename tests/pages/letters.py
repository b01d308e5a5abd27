"""What customers of the filled house write: mails as they come over the wire, with pictures, files and tables."""

import zlib
from email.message import EmailMessage

from comity.channels import actions as channels
from comity.conversations.models import Inbox, Message
from comity.events.testing import settle
from tests.pages.pictures import picture

TABLE = """\
<div style="font-family:Georgia"><p>Dear Larkmoor,</p><p>our order for the <b>Rotterdam office</b>, as spoken:</p>
<table border="1" cellpadding="6"><tr><th>Machine</th><th>Pieces</th><th>Unit price</th></tr>
<tr><td>Heron 2</td><td align="right">14</td><td align="right">£649.00</td></tr>
<tr><td>Tern grinder</td><td align="right">14</td><td align="right">£189.00</td></tr></table>
<p><img src="cid:sketch" width="320" alt="Where the machines will stand"></p>
<p>The plan of the kitchens is attached. <a href="https://www.achterberg.example/kitchens">Photographs are here</a>.</p>
<p><img src="https://pixel.achterberg.example/open.gif" width="80" height="24" alt="logo"></p>
<blockquote type="cite"><p>On Monday Larkmoor wrote:</p><p>Which kitchens do you mean?</p></blockquote></div>"""
FOREIGN = (
    ("Jürgen Großkreutz", "juergen@grosskreutz.example", "Mahlwerk der Tern klemmt",
     "Guten Tag,\n\nseit gestern klemmt das Mahlwerk. Ich habe es nach Anleitung gereinigt, ohne Erfolg.\n\n"
     "Mit freundlichen Grüßen\nJürgen Großkreutz"),
    ("حسن العمراني", "hassan@amrani.example", "استفسار عن ضمان غلاية Wren",
     "مرحبا،\n\nهل ضمان غلاية Wren ساري في المغرب؟ اشتريتها في 12 مارس من متجركم.\n\nشكرا لكم"),
    ("山本 さくら", "sakura@yamamoto.example", "電圧について",
     "お世話になっております。\n\nHeron 2 は 100V で使えますか。\n\nよろしくお願いいたします。"),
    ("Kwabena Boateng", "kwabena@boateng.example", "Wren won’t join 5 GHz Wi-Fi",
     "It finds the network, then says “try again”. I have tried four times, also beside the router."),
    ("Pauline Dubois-Laurent", "pauline@dubois.example", "Retour : mousseur Finch, jamais ouvert",
     "Bonjour,\n\nje voudrais renvoyer le mousseur Finch que j’ai reçu mardi. Il n’est pas ouvert.\n\nMerci"),
)  # fmt: skip


def arrives(inbox: Inbox, name: str, address: str, subject: str, text: str, **more: str) -> Message:
    """Let a mail arrive as the receiver takes it, and return the message that it became."""
    return deliver(inbox, write(inbox, name, address, subject, text, **more))


def write(inbox: Inbox, name: str, address: str, subject: str, text: str, **more: str) -> EmailMessage:
    """Write a mail to an inbox; html and headers (in_reply_to, cc, …) may be given."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f'"{name}" <{address}>', inbox.address, subject
    mail["Message-ID"] = f"<{zlib.crc32(text.encode())}@{address.partition('@')[2]}>"
    html = more.pop("html", "")
    for header, value in more.items():
        mail[header.replace("_", "-")] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    return mail


def order(inbox: Inbox) -> EmailMessage:
    """A letter with a table, a picture in the text, one from elsewhere, and two files."""
    who = "Dominic Achterberg", "dominic@achterberg.example", "Quote for 14 Heron 2, Rotterdam office"
    copied = "Ineke de Wit <ineke@achterberg.example>"
    mail = write(inbox, *who, "our order for the Rotterdam office, as spoken", html=TABLE, cc=copied)
    html = mail.get_payload(1)
    assert isinstance(html, EmailMessage)
    html.add_related(picture(320, 120, (70, 120, 130)), "image", "png", cid="<sketch>")
    mail.add_attachment(
        b"%PDF-1.4\n% kitchens\n", maintype="application", subtype="pdf", filename="Kitchens, floor 3.pdf"
    )
    mail.add_attachment(picture(640, 480, (120, 90, 60)), maintype="image", subtype="png", filename="kitchen.png")
    return mail


def deliver(inbox: Inbox, mail: EmailMessage) -> Message:
    """Hand a mail in and wait until it is read."""
    raw = channels.accept(inbox=inbox, raw=mail.as_bytes(), source=f"house:{mail['Message-ID']}")
    assert raw, "each mail comes once"
    settle()
    raw.refresh_from_db()
    assert raw.message, raw.error
    return raw.message
