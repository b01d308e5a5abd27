"""An encrypted stream: what is written can be read again with the passphrase only, whole or not at all.

16 bytes that name the format, 16 of salt, 32 that prove the passphrase; then pieces of 64 KiB, each AES-256-GCM with
16 bytes of tag. A piece's nonce is its number in 11 bytes and one byte that is 1 in the last, so that nothing can be
cut off, left out or moved; the first 32 bytes are authenticated with each. The key is scrypt (N 2^17, r 8, p 1) of the
passphrase in NFC: its first half encrypts, its second half is the key of an HMAC-SHA256 over the first 32 bytes.
"""

import hmac
import os
import unicodedata
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from comity.core.refusals import Refusal

MAGIC = b"comity-sealed-1\n"
SALT, PROOF, TAG = 16, 32, 16
PIECE = 64 * 1024
WORK = 2**17  # for each passphrase that somebody tries
WRONG_PASSPHRASE = "The passphrase does not open this backup."
DAMAGED = "This backup is damaged or incomplete: what was encrypted is not what is there now. Take another one."


class Source(Protocol):
    """Whatever can be read."""

    def read(self, size: int = -1, /) -> bytes: ...


class SealedWriter:
    """Encrypts what is written to it. `close` ends it; the file below stays open."""

    def __init__(self, to: BinaryIO, passphrase: str) -> None:
        self._to = to
        self._head = MAGIC + os.urandom(SALT)
        key, proof = _keys(passphrase, self._head)
        self._cipher, self._number, self._waiting = AESGCM(key), 0, bytearray()
        to.write(self._head + proof)

    def write(self, data: bytes) -> int:
        """Take more; a piece leaves once something follows it."""
        self._waiting += data
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), is_last=False)
            del self._waiting[:PIECE]
        return len(data)

    def flush(self) -> None:
        """Do nothing: pieces leave when they are full."""

    def close(self) -> None:
        """Write the last piece."""
        self._seal(bytes(self._waiting), is_last=True)
        self._waiting.clear()
        self._to.flush()

    def _seal(self, piece: bytes, *, is_last: bool) -> None:
        self._to.write(self._cipher.encrypt(_nonce(self._number, is_last), piece, self._head))
        self._number += 1


class SealedReader:
    """Decrypts what a SealedWriter wrote; `source` stands right after MAGIC. Raises Refusal at the first wrong byte."""

    def __init__(self, source: Source, passphrase: str) -> None:
        self._source = source
        self._head = MAGIC + exactly(source, SALT)
        proof = exactly(source, PROOF)
        if len(proof) < PROOF:
            raise Refusal(DAMAGED)
        key, expected = _keys(passphrase, self._head)
        if not hmac.compare_digest(proof, expected):
            raise Refusal(WRONG_PASSPHRASE)
        self._cipher, self._number, self._open = AESGCM(key), 0, b""
        self._next = exactly(source, PIECE + TAG)
        self._is_over = False

    def read(self, size: int = -1, /) -> bytes:
        """Return so many bytes, fewer only at the end; all that is left when no size is given."""
        found = bytearray()
        while size < 0 or len(found) < size:
            if not self._open and not self._unseal():
                break
            wanted = len(self._open) if size < 0 else size - len(found)
            found += self._open[:wanted]
            self._open = self._open[wanted:]
        return bytes(found)

    def _unseal(self) -> bool:
        if self._is_over:
            return False
        piece, self._next = self._next, exactly(self._source, PIECE + TAG)
        self._is_over = not self._next
        try:
            self._open = self._cipher.decrypt(_nonce(self._number, self._is_over), piece, self._head)
        except InvalidTag:
            raise Refusal(DAMAGED) from None
        self._number += 1
        return bool(self._open) or not self._is_over


def exactly(source: Source, size: int) -> bytes:
    """Read so many bytes, fewer only at the end: a pipe gives what it has."""
    found = bytearray()
    while len(found) < size and (more := source.read(size - len(found))):
        found += more
    return bytes(found)


def _keys(passphrase: str, head: bytes) -> tuple[bytes, bytes]:
    """Return the key that encrypts, and the proof that the passphrase is the right one."""
    secret = unicodedata.normalize("NFC", passphrase).encode()
    made = Scrypt(salt=head[len(MAGIC) :], length=64, n=WORK, r=8, p=1).derive(secret)
    return made[:32], hmac.new(made[32:], head, "sha256").digest()


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])
