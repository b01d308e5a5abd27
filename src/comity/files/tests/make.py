"""Builders for files."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from comity.core.actor import system
from comity.events.testing import forget
from comity.files import actions
from comity.files.models import Reference, StoredFile

BY = system("test")
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\0" * 40


def a_file(content: bytes = PNG) -> StoredFile:
    """Content in the store that nobody refers to yet."""
    file = actions.keep(content=content, by=BY)
    forget()
    return file


def a_reference(content: bytes = PNG, name: str = "picture.png", to: str = "message:1", **more: object) -> Reference:
    """A file that somebody needs."""
    reference = actions.refer(file=a_file(content), to=to, name=name, **more)
    forget()
    return reference


@contextmanager
def a_clamav(finds: bytes = b"EICAR", limit: int = 0) -> Iterator[int]:
    """A server that speaks clamd's INSTREAM and finds one word; yields its port."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                with connection:
                    _answer(connection, finds, limit)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        server.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for a caller
        server.close()


def _answer(connection: socket.socket, finds: bytes, limit: int) -> None:
    stream = connection.makefile("rb")
    assert stream.read(10) == b"zINSTREAM\0"
    content = b""
    while length := struct.unpack("!L", stream.read(4))[0]:
        content += stream.read(length)
        if limit and len(content) > limit:
            connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
            return
    found = b"stream: Test.Signature FOUND\0" if finds in content else b"stream: OK\0"
    connection.sendall(found)
