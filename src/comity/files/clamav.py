"""Asks a ClamAV daemon, by its INSTREAM command."""

import socket
import struct
from typing import BinaryIO

from .limits import file_settings
from .scanning import ScannerDown, Verdict

CHUNK = 64 * 1024
SECONDS = 60


class ClamAV:
    """The daemon named in the settings, on this machine or another."""

    def is_on(self) -> bool:
        """Is a daemon named?"""
        return bool(file_settings().clamav_host)

    def scan(self, content: BinaryIO) -> Verdict:
        """Send the content and read the answer. Raises ScannerDown."""
        chosen = file_settings()
        try:
            with socket.create_connection((chosen.clamav_host, chosen.clamav_port), timeout=SECONDS) as connection:
                return _verdict(_ask(connection, content))
        except OSError as error:
            raise ScannerDown(f"The ClamAV daemon did not answer: {error}") from None


def _ask(connection: socket.socket, content: BinaryIO) -> bytes:
    connection.sendall(b"zINSTREAM\0")
    try:
        while chunk := content.read(CHUNK):
            connection.sendall(struct.pack("!L", len(chunk)) + chunk)
        connection.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass  # it has already said why, such as its size limit
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < 4096:
        received = connection.recv(4096)
        if not received:
            break
        answer += received
    return answer.rstrip(b"\0\n")


def _verdict(answer: bytes) -> Verdict:
    words = answer.decode("utf-8", "replace").removeprefix("stream: ")
    if words == "OK":
        return Verdict(is_infected=False)
    if words.endswith(" FOUND"):
        return Verdict(is_infected=True, finding=words.removesuffix(" FOUND")[:200])
    raise ScannerDown(f"The ClamAV daemon answered: {words[:200] or 'nothing'}")
