"""Who makes the load: customers whose mail servers try until a mail is taken, and an agent who answers."""

import http.client
import json
import random
import smtplib
import threading
import time
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import urlencode

from tests.support.live import LiveComity

ADDRESS = "help@shop.test"
LARGE = 200_000  # bytes of an attachment that goes to the file store
CSRF = "x" * 32


class Load:
    """Several threads that do one thing again and again until they are told to stop."""

    def __init__(self, threads: int, pause: float) -> None:
        self._pause = pause
        self._stopping = threading.Event()
        self._resting = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(n,), daemon=True) for n in range(threads)]
        self.surprises: list[str] = []

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End what is under way, then stop."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(20)

    def _work(self, number: int) -> None:
        chance = random.Random()
        while not self._stopping.is_set():
            try:
                self.act(number, chance)
            except Exception as problem:
                self.surprises.append(repr(problem))
            time.sleep(self._pause)

    def act(self, number: int, chance: random.Random) -> None:
        """Do it once."""
        raise NotImplementedError


class Customers(Load):
    """Write mails. `accepted` are the Message-IDs that were answered 250, `written` those that were tried at all."""

    def __init__(self, live: LiveComity, *, threads: int = 3, pause: float = 0.05) -> None:
        super().__init__(threads, pause)
        self.live = live
        self.written: set[str] = set()
        self.accepted: set[str] = set()
        self.tries = 0
        self._count = 0

    def act(self, number: int, chance: random.Random) -> None:
        """Write one mail."""
        self._count += 1
        self.write(f"<{number}.{self._count}.{chance.getrandbits(32):08x}@customers.test>", chance)

    def write(self, message_id: str, chance: random.Random) -> None:
        """Hand a mail in; a connection that fails is tried again with the same one, as mail servers do."""
        sender = f"customer{chance.randint(1, 40)}@customers.test"
        mail = a_mail(message_id, sender, f"word{chance.randint(1, 40)}")
        if chance.random() < 0.1:
            mail.add_attachment(chance.randbytes(LARGE), maintype="application", subtype="pdf", filename="plan.pdf")
        self.written.add(message_id)
        content = mail.as_bytes()
        while not self._stopping.is_set():
            self.tries += 1
            if deliver(self.live, content, sender=sender):
                self.accepted.add(message_id)
                return
            time.sleep(0.1)
            if chance.random() < 0.5:  # servers on the way add a line, so that the bytes are others
                content = f"Received: from relay by mx; try {self.tries}\r\n".encode() + content


def a_mail(message_id: str, sender: str, text: str) -> EmailMessage:
    """Return a customer's mail."""
    mail = EmailMessage(policy=SMTP)
    mail["Message-ID"], mail["From"], mail["To"], mail["Subject"] = message_id, sender, ADDRESS, f"About {text}"
    mail.set_content(f"Good day, a question about {text}.\n")
    return mail


def deliver(live: LiveComity, content: bytes, *, sender: str = "anna@customers.test") -> bool:
    """Hand a mail to the receiver once. True when it was answered 250."""
    try:
        with smtplib.SMTP(live.host, live.smtp_port, timeout=live.patience) as smtp:
            smtp.sendmail(sender, [ADDRESS], content)
            return True
    except (OSError, smtplib.SMTPException):
        return False


class Refused(Exception):
    """The program answered, but not with what was asked for."""


class Agent:
    """Somebody signed in, who clicks."""

    def __init__(self, live: LiveComity) -> None:
        self.live = live
        cookie = live.sign_in()
        self._cookies = f"{cookie['name']}={cookie['value']}; comity_csrf={CSRF}"

    def post(self, path: str, **values: str) -> http.client.HTTPMessage:
        """Send a form; returns the headers. Raises OSError, HTTPException or Refused."""
        connection = http.client.HTTPConnection(self.live.host, self.live.port, timeout=self.live.patience)
        headers = {
            "Cookie": self._cookies,
            "X-CSRFToken": CSRF,
            "HX-Request": "true",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            connection.request("POST", path, urlencode(values), headers)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise Refused(f"{answer.status} {path}: {body[:300]!r}")
            return answer.headers
        finally:
            connection.close()

    def reply(self, conversation: int, text: str) -> int:
        """Answer in a conversation; returns the message's number once the program has confirmed it."""
        values = {"html": f"<p>{text}</p>", "to": f"customer{conversation}@customers.test"}
        headers = self.post(f"/conversations/{conversation}/send/reply", **values)
        return int(json.loads(headers["HX-Trigger"])["message-written"]["message"])

    def send_again(self, message: int) -> None:
        """Send a failed or unknown message once more."""
        self.post(f"/messages/{message}/sending", do="again")


class Answers(Load):
    """Answer conversations. `confirmed` are the messages whose sending the page confirmed."""

    def __init__(self, agent: Agent, newest: Callable[[], int], *, threads: int = 2, pause: float = 0.05) -> None:
        super().__init__(threads, pause)
        self.agent = agent
        self.newest = newest
        self.confirmed: set[int] = set()
        self._step = threads

    def act(self, number: int, chance: random.Random) -> None:
        """Answer one; each thread has conversations of its own, as an agent has one composer for each."""
        wanted = chance.randint(0, max(1, self.newest()) // self._step) * self._step + number + 1
        try:
            self.confirmed.add(self.agent.reply(wanted, f"Answer {chance.getrandbits(32):08x}"))
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        except Refused as refused:
            if not str(refused).startswith("404"):  # numbers that no conversation has
                raise
