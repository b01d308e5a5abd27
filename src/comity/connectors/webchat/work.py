"""Some work that a browser shows while very many visitors begin at once, before anything is asked of the database.

Whoever wants to become a visitor then finds a number for a text of ours (see static/webchat/proof.js): a second's work
for one, hours for a flood. Each text is good once and for some minutes. Counted in this process.
"""

import hashlib
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from comity.connectors.webchat import limits
from comity.core import clock
from comity.core.crypto import is_token, token
from comity.core.refusals import Refusal

PURPOSE = "chat challenge"
BITS = 17  # 131,000 digests on average
GOOD_FOR = 600  # seconds
CALM = 60  # visitors who begin in a minute without anybody wondering
FIRST_WORDS = 300  # visitors who may write for the first time in a minute; those who chat already go on
LASTS = 300.0  # seconds that a flood is expected to go on after the last sign of it


@dataclass
class Flood:
    """Do very many visitors begin at once? Knows too which texts were used."""

    until: float = 0.0
    used: dict[str, float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_on(self) -> bool:
        """Must work be shown now?"""
        return time.monotonic() < self.until

    def note(self) -> None:
        """Note that somebody wants to begin."""
        if limits.calls.count("everybody begins", limit=CALM).is_spent:
            self.until = time.monotonic() + LASTS

    def use(self, salt: str, made_at: float) -> bool:
        """Use a text up; false when it was used before."""
        oldest = clock.now().timestamp() - GOOD_FOR
        with self.lock:
            if len(self.used) > 1000:
                self.used = {text: at for text, at in self.used.items() if at > oldest}
            if salt in self.used:
                return False
            self.used[salt] = made_at
            return True

    def forget(self) -> None:
        """Expect no flood any more."""
        self.until = 0.0
        self.used.clear()


flood = Flood()


def challenge() -> dict[str, Any] | None:
    """Return what to work on; None while nothing is asked."""
    if not flood.is_on:
        return None
    text = f"{int(clock.now().timestamp())}-{secrets.token_hex(8)}"
    return {"salt": f"{text}-{token(PURPOSE, text)}", "bits": BITS}


def admit_first_words() -> None:
    """Count somebody who writes for the first time. Raises TooMany while too many do; their chat tries again."""
    allowance = limits.calls.count("everybody's first words", limit=FIRST_WORDS)
    if allowance.is_spent:
        raise limits.TooMany(allowance.seconds)


def check(proof: dict[str, Any]) -> None:
    """Raise Refusal where work is asked for and this is none; the chat then asks for the challenge and tries again."""
    if flood.is_on and not _is_shown(proof.get("salt"), proof.get("number")):
        words = _("There are very many visitors just now. The chat will try again by itself.")
        raise Refusal(words, code="proof", status=403)


def _is_shown(salt: object, number: object) -> bool:
    if not isinstance(salt, str) or not isinstance(number, int) or len(salt) > 100:
        return False
    text, _dash, signed = salt.rpartition("-")
    made_at = text.partition("-")[0]
    if not made_at.isdecimal() or not is_token(PURPOSE, text, signed):
        return False
    if not -60 < clock.now().timestamp() - int(made_at) < GOOD_FOR:
        return False
    found = hashlib.sha256(f"{salt}:{number}".encode()).digest()
    return int.from_bytes(found[:4]) >> (32 - BITS) == 0 and flood.use(salt, float(made_at))
