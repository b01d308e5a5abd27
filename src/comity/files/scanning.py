"""The question whether content is dangerous, and who answers it."""

from dataclasses import dataclass
from typing import BinaryIO, Protocol

from comity.core.ports import Port


@dataclass(frozen=True)
class Verdict:
    """What a scanner says: dangerous or not, and the name of what it found."""

    is_infected: bool
    finding: str = ""


class ScannerDown(Exception):
    """The scanner did not answer, with the reason; the file is asked about again later."""


class Scanner(Protocol):
    """Something that looks into files."""

    def is_on(self) -> bool:
        """Is it set up? Where no scanner is, files are kept as "not checked"."""
        ...

    def scan(self, content: BinaryIO) -> Verdict:
        """Look into content. Raises ScannerDown."""
        ...


SCANNER: Port[Scanner] = Port("file scanner")


def scanners() -> list[Scanner]:
    """Return the scanners that are set up."""
    return [scanner for scanner in SCANNER.all() if scanner.is_on()]
