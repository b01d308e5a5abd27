"""What this room answers itself: a ClamAV daemon as scanner, where one is set up."""

from .clamav import ClamAV
from .scanning import SCANNER

SCANNER.answer(ClamAV())
