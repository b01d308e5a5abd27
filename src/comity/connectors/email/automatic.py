"""Was this mail written by a program? Such mail is kept, but nothing answers it by itself."""

import re

from comity.channels.contract import Address, Automatic, Context
from comity.core import crypto

from .headers import Headers

LOOP_HEADER = "X-Comity-Loop"

_ROBOTS = re.compile(
    r"^(?:mailer-?daemon|postmaster|mail-?daemon|bounces?|no-?_?\.?reply|"
    r"do-?_?\.?not-?_?\.?reply|noreply-.*|.*[-_.]noreply|"
    r"nicht-?antworten|keine-?antwort|nepasrepondre|ne-pas-repondre|no-?responder|nao-?responda|listserv|majordomo|"
    r"mdaemon|autoreply|auto-?reply)(?:[+=-].*)?@",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"^\W*(?:auto(?:matic(?:ally)?)?[- ]?(?:reply|response|answer|generated)|"
    r"autoreply|out[- ]of[- ](?:the[- ])?office|ooo\b|"
    r"away from (?:the |my )?(?:office|desk)|on (?:annual leave|vacation|holiday)|vacation (?:reply|notice)|"
    r"automatische antwort|abwesenheit|abwesend|nicht im (?:büro|haus)|urlaub(?:s|:)|"
    r"réponse automatique|absence du bureau|"
    r"absent du bureau|je suis absent|respuesta automática|fuera de (?:la )?oficina|resposta automática|ausência|"
    r"risposta automatica|fuori (?:sede|ufficio)|automatisch antwoord|afwezig|"
    r"automatiskt? svar|autosvar|fravær|frånvaro|"
    r"automaattinen vastaus|poissa|autoodpowiedź|odpowiedź automatyczna|automatická odpověď|nejsem přítomen|"
    r"автоматический ответ|автоответ|вне офиса|автоматична відповідь|"
    r"otomatik (?:yanıt|cevap)|ofis dışında|自动回复|自動回覆|自動返信|"
    r"不在(?:通知|のお知らせ)|자동 ?응답|부재중|رد تلقائي|خارج المكتب|מענה אוטומטי|automatikus válasz|răspuns automat)",
    re.IGNORECASE,
)
_BOUNCE_SUBJECT = re.compile(
    r"^\W*(?:undeliver|non[- ]delivery|.{0,150}: non remis\b|delivery (?:status|failure|"
    r"has failed|notification|report|error)|(?:e-?)?mail delivery|"
    r"mail delivery (?:failed|failure|subsystem|system)|"
    r"returned mail|failure notice|message status - undeliverable|unzustellbar|nicht zustellbar|non remis|"
    r"mail could not be delivered|warning: could not send|delayed mail|mail system error)",
    re.IGNORECASE,
)


def loop_word() -> str:
    """Return the word by which this installation knows its own mail."""
    return crypto.token("loop", "mail", bits=60)


def classify(headers: Headers, sender: Address, subject: str, context: Context, *, is_report: bool) -> Automatic:
    """Return which kind of automatic mail this is, or "" when a person wrote it (RFC 3834 first, guesses last)."""
    if is_report or _is_bounce(headers, sender, subject, context):
        return "bounce"
    submitted = headers.raw("auto-submitted").lower().partition(";")[0].strip()
    if submitted and submitted != "no":
        return "notification" if submitted.startswith(("auto-generated", "auto-notified")) else "auto_reply"
    if headers.raw(LOOP_HEADER.lower()).strip() == loop_word():
        return "notification"
    if headers.has("x-autoreply", "x-autorespond", "x-autoresponder", "x-autoreply-from", "x-mail-autoreply"):
        return "auto_reply"
    return _by_habit(headers, sender, subject, context)


def is_null_sender(headers: Headers, context: Context) -> bool:
    """Did the mail come from nobody, as reports do, so that it can't be answered?"""
    if context.envelope_sender is not None:
        return context.envelope_sender in ("", "<>")
    return headers.raw("return-path").replace(" ", "") == "<>"


def is_bounce_subject(subject: str) -> bool:
    """Does the subject begin as reports of failed deliveries do?"""
    return bool(_BOUNCE_SUBJECT.match(subject))


def _by_habit(headers: Headers, sender: Address, subject: str, context: Context) -> Automatic:
    precedence = {headers.raw(name).lower().strip() for name in ("precedence", "x-precedence")}
    if precedence & {"auto_reply", "auto-reply"}:
        return "auto_reply"
    if headers.has("list-id") or precedence & {"list", "bulk", "junk"}:
        return "auto_reply" if _AWAY.match(subject) else "list"
    suppressed = set(re.findall(r"[a-z]+", headers.raw("x-auto-response-suppress").lower()))
    if _AWAY.match(subject):
        return "auto_reply"
    if suppressed & {"all", "autoreply", "oof"}:
        return "notification"
    if is_null_sender(headers, context):
        return "auto_reply"
    if _ROBOTS.match(sender.address) and not _is_for_somebody(headers, sender):
        return "notification"
    return ""


def _is_bounce(headers: Headers, sender: Address, subject: str, context: Context) -> bool:
    robot = sender.address.lower().startswith(("mailer-daemon@", "postmaster@", "mail-daemon@"))
    if headers.has("x-failed-recipients"):
        return True
    return is_bounce_subject(subject) and (robot or is_null_sender(headers, context))


def _is_for_somebody(headers: Headers, sender: Address) -> bool:
    """A form or a shop sends in a customer's name: the answer goes to somebody who is not the robot."""
    return any(
        address.address.lower() != sender.address.lower() and not _ROBOTS.match(address.address)
        for address in headers.addresses("reply-to")
    )
