"""The program in a language of brackets: what goes through a catalogue, in Python, templates or browser code, stands in
⟦⟧. `python -m tests.pages.bracketed up` runs it.
"""

import sys

from django.http import HttpRequest, HttpResponse
from django.views.i18n import JavaScriptCatalog

from comity.cli.main import main
from comity.web.tests.pseudo import CLOSE, OPEN, brackets
from tests.support.live import LiveComity

SCRIPT = f"""globalThis.django = {{
  gettext: (text) => "{OPEN}" + text + "{CLOSE}",
  ngettext: (one, many, count) => "{OPEN}" + (count === 1 ? one : many) + "{CLOSE}",
}};"""


class Bracketed(LiveComity):
    """A running `comity up` in that language."""

    program = "tests.pages.bracketed"


def words(_view: JavaScriptCatalog, _request: HttpRequest, *_arguments: object, **_named: object) -> HttpResponse:
    """Answer with a catalogue that puts every text of browser code into brackets."""
    return HttpResponse(SCRIPT, content_type="text/javascript; charset=utf-8")


if __name__ == "__main__":
    JavaScriptCatalog.get = words
    with brackets():
        sys.exit(main())
