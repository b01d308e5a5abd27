"""Small real files for the demonstration, drawn when it is filled: photographs of a sort, and one-page papers."""

import struct
import zlib
from collections.abc import Callable
from functools import cache

Colour = tuple[int, int, int]
WIDTH, HEIGHT = 480, 320
PAPER: Colour = (244, 240, 232)
INK: Colour = (52, 48, 44)


def file_of(name: str, lines: list[str]) -> tuple[str, bytes]:
    """Return the content type and the bytes of a file by its name: a paper with these lines, or a picture."""
    if name.endswith(".pdf"):
        return "application/pdf", paper(name, lines)
    if name.endswith(".txt"):
        return "text/plain", "\n".join(lines).encode()
    return "image/png", picture(name)


@cache
def picture(name: str) -> bytes:
    """Return a still life as PNG: what stands on the counter depends on the name."""
    seed = zlib.crc32(name.encode())
    wall: Colour = (200 + seed % 40, 196 + seed // 7 % 40, 184 + seed // 13 % 40)
    body: Colour = (31 + seed % 90, 111 - seed // 11 % 60, 120 - seed // 17 % 60)
    if "plate" in name or "label" in name or "receipt" in name:
        return _png(lambda x, y: _plate(x, y, seed))
    return _png(lambda x, y: _counter(x, y, wall, body, seed))


def _counter(x: int, y: int, wall: Colour, body: Colour, seed: int) -> Colour:
    """A machine, its tray and a cup before a wall with soft light from one side."""
    light = 1.06 - 0.22 * (x / WIDTH) - 0.10 * (y / HEIGHT)
    left = 120 + seed % 50
    colour = wall
    if y > 232:
        colour = (150 - (x * 7 + y * 3) % 9, 112 - (x * 5 + y) % 7, 78)
    if left < x < left + 150 and 70 < y < 240:
        colour = body if not (left + 22 < x < left + 128 and 132 < y < 214) else (24, 30, 32)
        if y < 84 or x > left + 142:
            colour = _mixed(body, (255, 255, 255), 0.25)
    if left + 62 < x < left + 88 and 132 < y < 156:
        colour = (178, 180, 178)
    if left + 54 < x < left + 96 and 182 < y < 214:
        colour = (250, 248, 244)
    if (x - left - 124) ** 2 + (y - 108) ** 2 < 170:
        colour = (236, 232, 220)
    if left + 172 < x < left + 236 and 168 + (x - left) % 3 < y < 242:
        colour = (222, 206, 178) if y > 182 else (92, 58, 38)
    return _lit(colour, light)


def _plate(x: int, y: int, seed: int) -> Colour:
    """A metal plate with rows of small marks, as on the back of a machine."""
    light = 1.08 - 0.3 * abs(x - 200) / WIDTH
    if not (70 < x < 410 and 70 < y < 250):
        return _lit((62, 66, 68), light)
    row, column = (y - 92) // 26, (x - 94) // 11
    is_mark = 0 <= row < 6 and (y - 92) % 26 < 12 and 0 <= column < 27 - row * 3 % 8 and (x - 94) % 11 < 7
    if is_mark and (seed >> ((row * 5 + column) % 23)) & 1:
        return _lit(INK, light)
    return _lit((206, 204, 196) if (x + y) % 5 else (198, 196, 190), light)


def _lit(colour: Colour, light: float) -> Colour:
    red, green, blue = (max(0, min(255, int(part * light))) for part in colour)
    return red, green, blue


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (int(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _png(colour_at: Callable[[int, int], Colour]) -> bytes:
    """Draw in squares of two by two, which is fine enough and quick."""
    rows = bytearray()
    for y in range(0, HEIGHT, 2):
        row = b"".join(bytes(colour_at(x, y)) * 2 for x in range(0, WIDTH, 2))
        rows += (b"\0" + row) * 2
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(rows), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def paper(title: str, lines: list[str]) -> bytes:
    """Return a one-page PDF with a heading and some lines."""
    heading = title.removesuffix(".pdf").replace("-", " ")
    text = [f"BT /F1 16 Tf 60 770 Td ({_escaped(heading)}) Tj ET"]
    text += [f"BT /F1 11 Tf 60 {736 - 18 * n} Td ({_escaped(line)}) Tj ET" for n, line in enumerate(lines)]
    stream = "\n".join(text).encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
