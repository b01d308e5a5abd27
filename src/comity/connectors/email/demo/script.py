"""How a conversation of the demonstration is written down, and how it is read.

    == The subject
    customer: elodie
    inbox: help
    -- in 3d 08:52 +serial-plate.png
    What the customer wrote.
    -- out tomasz 3d 14:03 then:waiting_other
    What was answered.
    -- note tomasz 2h
    For colleagues; @maya is told.
    -- do maya 1h resolve

Times are days ago with a time of day, or hours and minutes ago. Words that begin with + are files, others options.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from importlib.resources.abc import Traversable

from comity.core.demo import Demo

_AGO = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?")


@dataclass
class Step:
    """One thing that happens: in, out, note or do; who does it, when, with which words."""

    kind: str
    who: str
    moment: datetime
    words: list[str]
    text: str = ""

    @property
    def files(self) -> list[str]:
        """The names of the files that come with it."""
        return [word[1:] for word in self.words if word.startswith("+")]

    def option(self, name: str, default: str = "") -> str:
        """Return what stands after `name:`."""
        start = f"{name}:"
        return next((word.removeprefix(start) for word in self.words if word.startswith(start)), default)

    def has(self, word: str) -> bool:
        """Is this word said?"""
        return word in self.words


@dataclass
class Story:
    """A conversation as it is written down."""

    subject: str
    facts: dict[str, str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)


def stories(demo: Demo) -> list[Story]:
    """Return every hand-written conversation."""
    found: list[Story] = []
    folder = files(__package__) / "threads"
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        found += _read(file, demo)
    return found


def _read(file: Traversable, demo: Demo) -> list[Story]:
    found: list[Story] = []
    for block in re.split(r"^== ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        head, *parts = re.split(r"^-- ", block, flags=re.MULTILINE)
        subject, *facts = head.strip().split("\n")
        story = Story(subject.strip(), dict(_fact(line) for line in facts if line.strip()))
        for part in parts:
            line, _newline, text = part.partition("\n")
            story.steps.append(_step(line.split(), text.strip(), demo))
        found.append(story)
    return found


def _fact(line: str) -> tuple[str, str]:
    name, _colon, value = line.partition(":")
    return name.strip(), value.strip()


def _step(words: list[str], text: str, demo: Demo) -> Step:
    kind, *rest = words
    who = "" if kind == "in" else rest.pop(0)
    return Step(kind, who, _moment(rest, demo), rest, text)


def _moment(words: list[str], demo: Demo) -> datetime:
    """Take the time off the words."""
    first = words.pop(0)
    if first.endswith("d"):
        hour, _colon, minute = words.pop(0).partition(":")
        return demo.at(int(first[:-1]), int(hour), int(minute))
    found = _AGO.fullmatch(first)
    if found is None:
        raise ValueError(f"“{first}” is no time.")
    return demo.ago(hours=int(found[1] or 0), minutes=int(found[2] or 0))
