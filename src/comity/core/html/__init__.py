"""HTML from outside and from our own editor: made safe once, then only read.

`sanitise_mail` for what customers send, `sanitise_rich` for what our editor makes, `to_text` for the words alone,
`fold_quotes` for quoted history and `with_images` for what is shown in place of each picture.
"""

from .images import with_images
from .mail import sanitise_mail
from .quotes import fold_quotes, without_quotes
from .rich import sanitise_rich
from .text import from_text, plain, to_text

__all__ = [
    "fold_quotes",
    "from_text",
    "plain",
    "sanitise_mail",
    "sanitise_rich",
    "to_text",
    "with_images",
    "without_quotes",
]
