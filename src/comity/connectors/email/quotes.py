"""New words and quoted history of a plain text. Nothing is cut from the message: this is what is shown first."""

import re

from comity.core.html.wording import (
    HEADER_LABELS,
    begins_attribution,
    ends_attribution,
    is_attribution,
    is_forward_mark,
    is_plain_attribution,
)

MAX_LINES = 20_000
_LONGEST_INTRODUCTION = 6  # lines
_LONGEST_SIGNATURE = 12  # lines with words
_LONGEST_DEVICE = 160  # characters of “Sent from my …”

_QUOTED = re.compile(r"^\s{0,3}(?:>|[A-Za-z]{1,3}>\s?|\|\s)")
_ORIGINAL = re.compile(
    r"^[\s>]*-{2,}\s*(?:original message|original appointment|reply message|ursprüngliche nachricht|"
    r"ursprüngliche mail|mensaje original|message d'origine|message original|"
    r"messaggio originale|oorspronkelijk bericht|"
    r"mensagem original|ursprungligt meddelande|opprinnelig melding|oprindelig meddelelse|original meddelelse|"
    r"alkuperäinen viesti|původní zpráva|původní e-mail|pôvodná správa|wiadomość oryginalna|oryginalna wiadomość|"
    r"исходное сообщение|пересылаемое сообщение|оригінальне повідомлення|eredeti üzenet|mesaj original|"
    r"αρχικό μήνυμα|orijinal mesaj|özgün ileti|orijinal ileti|الرسالة الأصلية|הודעה מקורית|原始邮件|原始郵件|"
    r"邮件原件|元のメッセージ|원본 메시지|pesan asli|tin nhắn gốc|missatge original)\s*-{2,}\s*$",
    re.IGNORECASE,
)
_RULE = re.compile(r"^\s*(?:_{5,}|-{5,}|={5,}|\*{5,})\s*$")
_SIGNATURE = re.compile(r"^(?:--|—|–|-- )\s*$")
_LONG_RULE = re.compile(r"^\s*_{10,}\s*$")
_ONLY_SIGNS = re.compile(r"^[\W_ᐧ]*$")
_FROM_A_DEVICE = re.compile(
    r"""^[\s<(\[*_]*(?:
    (?:sent|send)\sfrom\s.{1,100}|sent\s(?:via|with|by|using)\s(?!dhl|ups|fedex|post|courier|registered|express).{1,30}
    |(?:someone\s)?from\s(?:my\s)?(?:mobile|i?phone)\b.{0,20}
    |get\s\[?outlook\sfor\b.*|download\s.{1,30}\bapp\b.*|(?:von|vom)\s(?:meinem?|mein)\s.{1,40}\sgesendet.*|gesendet\s(?:von|mit|über|aus)\s.*
    |diese\s(?:nachricht|e-?mail)\swurde\svon\smeinem?\s.*gesendet.*|holen\ssie\ssich\soutlook.*
    |envoyé\s(?:depuis|de|à\spartir|avec)\s.*|obtenez\soutlook.*|télécharge.{1,10}outlook.*
    |enviado\s(?:desde|do|de|a\spartir|via|con|com)\s.*|obtener?\soutlook.*|obter\so?\s?outlook.*
    |inviato\s(?:da|dal|con)\s.*|scarica\soutlook.*|ottieni\soutlook.*|verzonden\s(?:vanaf|met|via|van)\s.*|outlook\svoor\s.*downloaden
    |skickat\sfrån\s.*|sendt\s(?:fra|via|med)\s.*|hent\soutlook.*|lähetetty\s.{1,40}(?:sta|stä|lla|llä|ni)\b.*|lähetetty\s.*
    |wysłan[eoy]\sz\s.*|pobierz\soutlook.*|odesláno\sz\s.*|odoslané\sz\s.*|отправлено\s(?:с|из)\s.*|надіслано\sз\s.*
    |(?:iphone|ipad|android|galaxy|xperia|samsung)\S{0,12}(?:から送信|에서\s보냄|'?(?:d|m)[ae]n\sgönderildi).*|.*'?[dt][ae]n\sgönderildi\.?
    |发自我的.*|發自我的.*|從我的.{1,40}傳送|从我的.{1,40}发送|나의\s.{1,40}에서\s보냄|trimis\s(?:de\spe|din)\s.*
    |elküldve\s.*|στάλθηκε\sαπό\s.*|أُ?رسلت?\sمن\s.*|נשלח\sמ.*|được\sgửi\stừ\s.*|dikirim\sdari\s.*
    )[\s>)\]*_]*$""",
    re.IGNORECASE | re.VERBOSE,
)
_FORWARD_SUBJECT = re.compile(
    r"^\s*(?:fwd?|fw|wg|tr|rv|enc|i|vs|vb|vl|vid|pd|doorst|i̇lt|ilt|fs|továbbítás|转发|轉寄|転送|전달)\s*[:：]",
    re.IGNORECASE,
)


def is_forward(subject: str) -> bool:
    """Does the subject say that somebody else's message is passed on?"""
    return bool(_FORWARD_SUBJECT.match(subject))


def visible_text(text: str) -> str:
    """Return the new words: without quoted history at the end and without the signature.

    Where somebody answered between the lines, the lines that were answered stay too. Text that cannot be told from
    history is all shown.
    """
    lines = text.replace("\r\n", "\n").replace("\xa0", " ").split("\n")[:MAX_LINES]
    marks = _marks(lines)
    kept = _without_history(lines, marks)
    if any(kind == "n" for kind in marks):
        return kept
    only_quoted = all(
        kind in "qb" or (kind == "a" and _QUOTED.match(line)) for kind, line in zip(marks, lines, strict=True)
    )
    return "" if only_quoted and "q" in marks else text.strip()


def _marks(lines: list[str]) -> list[str]:
    """Say what each line is: (n)ew, (q)uoted, an (a)ttribution, (s)ignature, (b)lank."""
    marks = ["b" if not line.strip() else "q" if _QUOTED.match(line) else "n" for line in lines]
    for index, line in enumerate(lines):
        if _begins_history(lines, index, marks):
            start = index
            while start and (not lines[start - 1].strip() or _RULE.match(lines[start - 1])):
                start -= 1
            marks[start:] = ["q"] * (len(lines) - start)
            break
        if marks[index] != "b" and ends_attribution(line):
            _mark_attribution(lines, marks, index)
            if marks[index] == "a" and _stands_without_marks(lines, marks, index):
                marks[index + 1 :] = ["q"] * (len(lines) - index - 1)
                break
    _mark_signatures(lines, marks)
    return marks


def _begins_history(lines: list[str], index: int, marks: list[str]) -> bool:
    """Does an “Original message” line or a block of From, Sent, To, Subject begin here?"""
    line = lines[index]
    if "--" in line and _ORIGINAL.match(line):
        return "n" in marks[:index]
    if marks[index] != "n" or not HEADER_LABELS.kind(line):
        return False
    if "n" not in marks[:index]:
        return False
    before = next((earlier for earlier in reversed(lines[:index]) if earlier.strip()), "")
    return HEADER_LABELS.starts_block("\n".join(lines[index : index + 14])) and not is_forward_mark(before)


def _mark_attribution(lines: list[str], marks: list[str], end: int) -> None:
    """Mark “On … somebody wrote:”, which may run over several lines."""
    for count in range(_LONGEST_INTRODUCTION):
        start = end - count
        if start < 0 or (count and marks[start] == "a"):
            break
        if count and not lines[start].strip():
            continue
        joined = " ".join(line.strip() for line in lines[start : end + 1])
        if not is_attribution(joined):
            continue
        if begins_attribution(lines[start]) or ("@" in joined and count < 2 and _stands_alone(lines, start)):
            marks[start : end + 1] = ["a"] * (count + 1)
            return
    following = next((line for line in lines[end + 1 : end + 4] if line.strip()), "")
    if _QUOTED.match(following) and (is_attribution(lines[end]) or is_plain_attribution(lines[end])):
        marks[end] = "a"


def _stands_alone(lines: list[str], index: int) -> bool:
    return index == 0 or not lines[index - 1].strip() or bool(_QUOTED.match(lines[index - 1]))


def _stands_without_marks(lines: list[str], marks: list[str], index: int) -> bool:
    """Is what follows quoted although no line says so? Only when something new stands before."""
    following = next((line for line in lines[index + 1 : index + 6] if line.strip()), "")
    return bool(following) and not _QUOTED.match(following) and "n" in marks[:index]


def _mark_signatures(lines: list[str], marks: list[str]) -> None:
    for index, line in enumerate(lines):
        if marks[index] == "n" and (_SIGNATURE.match(line) or _LONG_RULE.match(line)):
            end = next((i for i in range(index, len(lines)) if marks[i] in "qa"), len(lines))
            if "n" in marks[:index] and marks[index:end].count("n") <= _LONGEST_SIGNATURE:
                marks[index:end] = ["s"] * (end - index)
    for index in range(len(lines) - 1, -1, -1):  # from the end, as far as there is nothing but signature
        if marks[index] == "n":
            line = lines[index]
            device = len(line) < _LONGEST_DEVICE and _FROM_A_DEVICE.match(line)
            if "n" not in marks[:index] or not (device or _ONLY_SIGNS.match(line)):
                break
            marks[index] = "s"


def _without_history(lines: list[str], marks: list[str]) -> str:
    last = max((index for index, kind in enumerate(marks) if kind == "n"), default=-1)
    first = marks.index("n") if last >= 0 else 0
    answered = _groups(marks[first : last + 1]) > 0
    introduced = "a" in marks[:first]
    kept = []
    for index in range(last + 1):
        kind = marks[index]
        if kind == "a" or (kind == "q" and index < first and introduced and not answered):
            continue  # a quote above all new words, and none between them
        kept.append(lines[index].rstrip())
    return "\n".join(kept).strip()


def _groups(marks: list[str]) -> int:
    return sum(kind == "q" and (not index or marks[index - 1] != "q") for index, kind in enumerate(marks))
