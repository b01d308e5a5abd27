"""The least that a stream takes: asyncio, server-sent events, no sign-in, no log. Arguments: a port and a socket."""

import asyncio
import sys
import time
from contextlib import suppress
from pathlib import Path

HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-store\r\n"
    b"transfer-encoding: chunked\r\n\r\n"
)
READY = b"event: ready\ndata: {}\n\n"
NEWS = b'id: 1000\nevent: bench.told\ndata: {"subject":"conversation:10"}\n\n'


class Bare:
    """Holds streams, and writes the same to each when a line comes over the socket."""

    def __init__(self) -> None:
        self.streams: set[asyncio.StreamWriter] = set()

    async def stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Begin a stream; it lasts as long as the other side wants."""
        with suppress(asyncio.IncompleteReadError):  # somebody only looked whether it listens
            await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD + _chunk(READY))
        self.streams.add(writer)
        await reader.read()
        self.streams.discard(writer)
        writer.close()

    async def tell(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Write to every stream, and answer when that began."""
        while await reader.readline():
            began = time.monotonic()
            for each in self.streams:
                each.write(_chunk(NEWS))
            writer.write(f"{began}\n".encode())


def _chunk(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(body), body)


async def _serve(port: int, path: Path) -> None:
    bare = Bare()
    await asyncio.start_unix_server(bare.tell, path)
    server = await asyncio.start_server(bare.stream, "127.0.0.1", port, backlog=2048)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), Path(sys.argv[2])))
