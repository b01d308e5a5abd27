"""Pictures of every page and state, for looking at them one by one: `python -m tools.contact_sheet`.

Starts the real program on a temporary folder, fills it, takes each page, and each state of the chat on a site, in light
and dark, at 390 and 320 pixels and in Arabic, and writes the PNGs, one index.html and overviews to leaf through.
`--only conversation --only people` takes the pages whose name begins so, `--kind dark` only that kind. `--whole` makes
the window as high as a page is long, so that what one has to scroll to is seen as well.
"""

import argparse
import contextlib
import html
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).parents[1]
sys.path[:0] = [str(HOUSE), str(HOUSE / "src")]

from playwright.sync_api import Browser, Page, expect, sync_playwright  # noqa: E402

from tests.pages.looking import House, Looker, fill, running, stand  # noqa: E402
from tests.pages.pages import PAGES, Shown  # noqa: E402
from tests.pages.widget import STAGES, Stage, a_shop, show  # noqa: E402
from tests.support.browser import ARGUMENTS, PATIENCE, chromium  # noqa: E402

DESK, PHONE, NARROW = ({"width": 1400, "height": 880}, {"width": 390, "height": 844}, {"width": 320, "height": 640})
KINDS: dict[str, dict[str, Any]] = {
    "light": {"viewport": DESK},
    "dark": {"viewport": DESK, "color_scheme": "dark"},
    "phone": {"viewport": PHONE},
    "narrow": {"viewport": NARROW},
    "arabic": {"viewport": DESK, "locale": "ar"},
}
STYLE = """body { margin: 0; padding: 16px; background: #777; font: 13px sans-serif; color: #fff }
h1, h2 { font-size: 16px } a { color: inherit } figure { display: inline-block; margin: 6px; vertical-align: top }
figcaption { padding: 2px 0 } img { display: block; max-width: 100% }"""
HIDDEN = """() => Math.max(0, ...[...document.querySelectorAll("html, .plane, .page-b")]
  .map((one) => one.scrollHeight - one.clientHeight))"""
HIGHEST = 2800


def main() -> int:
    """Take the pictures; returns 1 when a page could not be brought into its state."""
    options = _options()
    begin = tuple(options.only or [""])
    pages = [one for one in PAGES if one.name.startswith(begin)]
    stages = [one for one in STAGES if one.name.startswith(begin)]
    kinds = {name: KINDS[name] for name in options.kind or KINDS}
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        os.environ["COMITY_CLOCK_FILE"] = str(Path(folder) / "clock")
        expect.set_options(timeout=PATIENCE)
        program = chromium()
        filled = fill(Path(folder) / "filled")
        launched = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        with contextlib.closing(launched) as browser, running(filled, Path(folder) / "running") as house:
            errors = [error for name in kinds for error in _take(house, browser, name, pages, options)]
            errors += _take_stages(filled, Path(folder) / "shop", browser, list(kinds), stages, out) if stages else []
            _write_index([*pages, *stages], list(kinds), out)
            for name in kinds:
                _compose(browser, [*pages, *stages], name, out)
    for error in errors:
        print(error, file=sys.stderr)
    print(f"{len([*pages, *stages]) * len(kinds)} pictures: {(out / 'index.html').resolve()}")
    return 1 if errors else 0


def file_name(shown: Shown | Stage, kind: str) -> str:
    """Return the name of a picture, such as "conversation-note-dark.png"."""
    return f"{re.sub(r'[^a-z0-9]+', '-', shown.name.lower())}-{kind}.png"


def _take(house: House, browser: Browser, kind: str, chosen: list[Shown], options: argparse.Namespace) -> list[str]:
    """Take one kind of all pages; returns what went wrong."""
    house.speak("ar" if kind == "arabic" else "")
    looker = Looker(house, browser, **KINDS[kind])
    for shown in chosen:
        page = looker.open(shown)
        if options.whole:
            _grow(page)
        page.screenshot(path=Path(options.out) / file_name(shown, kind), caret="initial")  # hiding it breaks the policy
        page.set_viewport_size(KINDS[kind]["viewport"])
        looker.close(shown, page)
    looker.close_all()
    return [f"{kind}: {error}" for error in looker.errors]


def _take_stages(
    filled: Path, folder: Path, browser: Browser, kinds: list[str], stages: list[Stage], out: Path
) -> list[str]:
    """Take all kinds of the states of the chat on a site; returns what went wrong."""
    errors = []
    with a_shop(filled, folder) as (live, site):
        for kind in kinds:
            site.language, site.direction = ("ar", "rtl") if kind == "arabic" else ("en", "ltr")
            for stage in stages:
                guest, wrong = show(stage, live, site, browser, **KINDS[kind])
                guest.page.screenshot(path=out / file_name(stage, kind), caret="initial")
                guest.context.close()
                errors += [f"{kind}: {one}" for one in wrong]
    return errors


def _grow(page: Page) -> None:
    """Make the window as high as what scrolls inside it is long."""
    size = page.viewport_size
    assert size
    page.set_viewport_size({**size, "height": min(size["height"] + page.evaluate(HIDDEN), HIGHEST)})
    stand(page)


def _write_index(chosen: Sequence[Shown | Stage], kinds: list[str], out: Path) -> None:
    rows = []
    for shown in chosen:
        pictures = "".join(_figure(file_name(shown, kind), kind, 320) for kind in kinds)
        rows.append(f"<h2>{html.escape(shown.name)} <small>{html.escape(shown.address)}</small></h2>{pictures}")
    title = "Every page and state"
    (out / "index.html").write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
        f"<h1>{title}</h1>{''.join(rows)}"
    )


def _compose(browser: Browser, chosen: Sequence[Shown | Stage], kind: str, out: Path) -> None:
    """Put the pictures of a kind side by side, a few on each sheet."""
    is_small = KINDS[kind]["viewport"]["width"] < 500
    on_sheet, height = (10, 640) if is_small else (6, 520)
    page = browser.new_page(viewport={"width": 1720, "height": 900})
    for number, start in enumerate(range(0, len(chosen), on_sheet), 1):
        some = chosen[start : start + on_sheet]
        figures = "".join(_figure(file_name(shown, kind), shown.name, height) for shown in some)
        sheet = out / "sheet.html"
        sheet.write_text(f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style>{figures}')
        page.goto(sheet.resolve().as_uri())
        page.screenshot(path=out / f"sheet-{kind}-{number:02}.png", full_page=True)
        sheet.unlink()
    page.close()


def _figure(file: str, caption: str, height: int) -> str:
    caption = html.escape(caption)
    return (
        f'<figure><figcaption>{caption}</figcaption><a href="{file}"><img src="{file}" height="{height}"></a></figure>'
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.contact_sheet", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--only", action="append", metavar="NAME", help="pages whose name begins so; may be repeated")
    parser.add_argument("--kind", action="append", choices=list(KINDS), help="only this kind; may be repeated")
    parser.add_argument("--whole", action="store_true", help="windows as high as the pages are long")
    parser.add_argument("--out", default="screenshots", help="the folder for the pictures (default: screenshots)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
