"""A room shows its own templates; the shell's layout and components are for all."""

import re
from pathlib import Path

import pytest

from tests.architecture.house import floors, name_of, python_files, room_of, templates

USED = re.compile(r"""\{%\s*(?:include|extends)\s+["']([\w./-]+)["']""")
RENDERED = re.compile(r"""["']([\w-]+(?:/[\w-]+)*/[\w-]+\.(?:html|txt))["']""")
FOR_ALL = {"web", "cotton", "core"}
LIBRARIES = {"account", "mfa", "usersessions", "socialaccount", "allauth", "django"}


def owner_of(template: str) -> str:
    """The room whose folder a template lies in."""
    return template.split("/", 1)[0]


def check(path: Path, used: str) -> None:
    room = room_of(path).split(".")[-1]
    owner = owner_of(used)
    if "/" not in used or owner == room or owner in FOR_ALL | LIBRARIES:
        return
    assert owner in floors(), f"{used} lies in no room's folder"
    raise AssertionError(f"{name_of(path)} shows {used} of another room; use a slot, a port or a fragment's address")


@pytest.mark.parametrize("path", templates(), ids=name_of)
def test_templates_include_their_own(path: Path) -> None:
    for used in USED.findall(path.read_text()):
        check(path, used)


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_views_render_their_own(path: Path) -> None:
    for used in RENDERED.findall(path.read_text()):
        check(path, used)


@pytest.mark.parametrize("path", templates(), ids=name_of)
def test_templates_carry_no_script_and_no_style(path: Path) -> None:
    """The content security policy would refuse them."""
    if path.suffix != ".html" or "mail" in path.parts or path.name.startswith("mail"):
        return
    text = re.sub(r"\{%\s*comment.*?endcomment\s*%\}", "", path.read_text(), flags=re.DOTALL)
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", text), "A script within the page"
    assert not re.search(r"\sstyle\s*=\s*[\"']|<style", text), "A style within the page"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "A handler within the page"
