"""How mail programs introduce quoted history, in the languages of the world."""

import re


def _words(text: str) -> str:
    return "|".join(re.escape(word.replace("_", " ")) for word in sorted(text.split(), key=len, reverse=True))


_VERBS = _words(
    """wrote writes wrote_the_following schrieb geschrieben a_écrit écrit escribió escribio escreveu
    ha_scritto scrisse
    schreef geschreven het_volgende_geschreven skrev skreiv napisał napisała napisał(a) pisze napsal napsala napsal(a)
    napísal napísala napisao napisala написал написала написал(а) написав написа пише пишет писал писала
    yazdı yazmış
    kirjoitti kirjutas írta a_scris έγραψε كتب كتبت כתב כתבה نوشت menulis đã_viết va_escriure je_napisal
    rašė rakstīja 写道 寫道 は書きました さんは書きました のメール 님이_작성 작성: เขียนว่า
    লিখেছেন ने_लिखा skrifaði shkroi"""
)
_OPENERS = (
    r"(?:On|Am|Le|El|Il|Em|Op|Den|Dne|Dňa|W dniu|Dnia|Pada|Vào|În data de|Pe|Το|Στις|В|Дана|Dana|Në|"
    r"في|בתאריך|ב-|در|於|于|在|W dn\.|Il giorno|El día|No dia|Fecha|El|Op)\b"
)
_INTRO = re.compile(
    rf"(?:\b(?:{_VERBS})\b\s*(?:(?:um|o|kl\.?)\s+[\d:.h]+(?:\s*Uhr)?)?|(?:{_VERBS}))\s*(?:-{{2,}}|:|：)?\s*[-*]*\s*$",
    re.IGNORECASE,
)
_SCHRIEB_AM = re.compile(
    r"[<(\[]?[^\s<>@]+@[^\s<>@]+[>)\]]?\s+(?:schrieb|schreef|skrev|wrote|napsal|napisał|kirjoitti|escribió)\s+(?:am|op|den|on|dne|el)?\b.*:\s*$",
    re.IGNORECASE,
)
_VERB = re.compile(rf"\b(?:{_VERBS})\b", re.IGNORECASE)
_DATE_AND_ADDRESS = re.compile(r"^\W*\d{1,4}[./年-]\s*\d{1,2}.*<[^<>\s]+@[^<>\s]+>[^:：]{0,20}[:：]?\s*$")
_TIME_AND_ADDRESS = re.compile(r"\d{1,2}[:.]\d\d.*<[^<>\s]+@[^<>\s]+>\s*[:：]$")
_OLD_GMAIL = re.compile(r"^\d{4}-\d\d-\d\d \d{1,2}:\d\d GMT[+-]\d\d:\d\d [^\n]{1,120}$")
_ENDINGS = frozenset(":：-*道ルたว่성า")
_HINT = re.compile(r"\d|@|<")
_BEGINS_WITH_DATE = re.compile(r"^[\s>*-]*\d{1,4}\s?(?:[./-]|年|\w{3,12}\.?\s\d)|^\w{3,12}[,.]?\s\d{1,2}\s")
_OPENER = re.compile(rf"^[\s>*_-]*{_OPENERS}", re.IGNORECASE)

_FORWARDED = re.compile(
    r"^[\s>*_-]*(?:begin forwarded message|forwarded message|-+ ?forwarded|weitergeleitete nachricht|"
    r"anfang der weitergeleiteten|message transféré|début du message (?:réexpédié|transféré)|mensaje reenviado|"
    r"inicio del mensaje reenviado|messaggio inoltrato|inizio messaggio inoltrato|doorgestuurd bericht|"
    r"begin doorgestuurd bericht|mensagem encaminhada|vidarebefordrat meddelande|videresendt|przekazana wiadomość|"
    r"пересылаемое сообщение|пересланное сообщение|přeposlaná zpráva|转发的邮件|転送|전달된 메시지|iletilmiş|"
    r"رسالة معاد توجيهها)",
    re.IGNORECASE,
)


def is_attribution(line: str) -> bool:
    """Is this “On … somebody wrote:”, in one of many languages?"""
    line = " ".join(line.split())
    if not 6 <= len(line) <= 400 or not _HINT.search(line):
        return False
    if (
        _TIME_AND_ADDRESS.search(line[-300:])
        or _DATE_AND_ADDRESS.match(line)
        or _OLD_GMAIL.match(line)
        or _SCHRIEB_AM.search(line[-200:])
    ):
        return True
    if line[-1] in ":：" and _OPENER.match(line) and _VERB.search(line):
        return True  # Am 3. Mai schrieb Anna <…>:
    return bool(_INTRO.search(line[-80:])) and (
        line.rstrip("-* ").endswith((":", "：", "道")) or bool(_OPENER.match(line))
    )


def is_plain_attribution(line: str) -> bool:
    """Is this “On Monday Bob wrote:”? Without date or address it says so only when a quote follows."""
    line = " ".join(line.split())
    return len(line) < 200 and line[-1:] in (":", "：") and bool(_OPENER.match(line) and _VERB.search(line))


def begins_attribution(line: str) -> bool:
    """Does a line begin as introductions do: “On …”, “Am …”, or with a date?"""
    return bool(_OPENER.match(line) or _BEGINS_WITH_DATE.match(line))


def ends_attribution(line: str) -> bool:
    """Can an introduction of several lines end with this one?"""
    line = line.strip()
    if not line or len(line) > 400 or not (line[-1] in _ENDINGS or line[0].isdigit()):
        return False
    return (
        bool(_INTRO.search(line[-80:]))
        or line[-1] in ":："
        or bool(_DATE_AND_ADDRESS.match(line) or _OLD_GMAIL.match(line))
    )


def is_forward_mark(line: str) -> bool:
    """Does a forwarded message begin here?"""
    return bool(_FORWARDED.match(line))


class _Labels:
    """From, Sent, To and Subject as mail programs write them above a quoted message."""

    _WORDS = {
        "from": """from von de da van från fra od от від από dari từ feladó lähettäjä expéditeur remitente nadawca
            kimden gönderen من מאת از 发件人 寄件者 差出人 보낸_사람 보낸사람 de_la
            จาก mittente absender lähettänyt""",
        "date": """sent date gesendet datum envoyé enviado enviada fecha data inviato verzonden skickat sendt dato
            wysłano wysłane odesláno отправлено дата надіслано lähetetty päivämäärä küldve dátum gönderme
            gönderilme_tarihi tarih trimis تاريخ_الإرسال تم_الإرسال
            التاريخ נשלח תאריך 发送时间 日期 傳送日期 送信日時 日付 보낸_날짜 날짜
            enviado_el enviado_em ngày tanggal dikirim""",
        "to": """to an à a para aan till til do komu кому προς kime kepada đến címzett vastaanottaja destinataire إلى
            אל ל 收件人 收件者 宛先 받는_사람 받는사람 către pro reply-to""",
        "cc": "cc kopie copie cópia копия дв copia kopia kopio 抄送 副本 참조 نسخة bilgi",
        "subject": """subject betreff objet asunto oggetto onderwerp ämne emne temat předmět predmet тема θέμα konu
            assunto subiect aihe tárgy الموضوع נושא 主题 主題 件名 제목 subjek perihal chủ_đề""",
    }

    def __init__(self) -> None:
        kinds = "|".join(f"(?P<{kind}>{_words(words)})" for kind, words in self._WORDS.items())
        self._line = re.compile(rf"^[\s>*_]*(?:{kinds})\s*\*?\s*[:：]", re.IGNORECASE)

    def kind(self, line: str) -> str:
        """Return which label a line begins with, or nothing."""
        if ":" not in line[:60] and "：" not in line[:60]:
            return ""
        found = self._line.match(line)
        return (found.lastgroup or "") if found else ""

    def starts_block(self, text: str) -> bool:
        """Does the text begin with at least three such labels, the first of them From or the date?"""
        lines = [line for line in text.split("\n") if line.strip()][:9]
        if not lines or self.kind(lines[0]) not in ("from", "date"):
            return False
        kinds = {self.kind(line) for line in lines} - {""}
        return len(kinds) >= 3 and bool(kinds & {"to", "subject"}) and "from" in kinds


HEADER_LABELS = _Labels()
