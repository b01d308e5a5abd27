"""Reads a Dockerfile and follows it without Docker, in roots of our own."""

import json
import shlex
from dataclasses import dataclass, field
from pathlib import Path

from tests.deploy.roots import PATH, Root, Roots

ONE_COMMAND = ("ENTRYPOINT", "CMD", "HEALTHCHECK")


@dataclass
class Image:
    """What a stage came to: its files, and how it is run."""

    root: Root
    base: str
    env: dict[str, str] = field(default_factory=lambda: {"PATH": PATH})
    user: str = ""
    cwd: str = "/"
    volumes: list[str] = field(default_factory=list)
    ports: list[int] = field(default_factory=list)
    commands: dict[str, list[str]] = field(default_factory=dict)

    def command(self, *arguments: str, **env: str) -> list[str]:
        """Return what `docker run` would run, with these variables besides."""
        words = [*self.commands["ENTRYPOINT"], *(arguments or self.commands["CMD"])]
        return self._ours(words, env)

    def healthcheck(self, **env: str) -> list[str]:
        """Return what Docker asks now and then."""
        return self._ours(self.commands["HEALTHCHECK"], env)

    def _ours(self, words: list[str], env: dict[str, str]) -> list[str]:
        return self.root.command(words, user=self.user, cwd=self.cwd, env={**self.env, **env})


def steps(path: Path) -> list[tuple[str, str]]:
    """Return the instructions of a Dockerfile and what follows each."""
    text = path.read_text().replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines()]
    return [(line.split(None, 1)[0].upper(), line.split(None, 1)[1]) for line in lines if line and line[0] != "#"]


def build(path: Path, context: Path, roots: Roots) -> Image:
    """Follow it to its last stage. Raises ValueError for an instruction that nobody here knows."""
    stages: dict[str, Image] = {}
    image: Image | None = None
    for name, rest in steps(path):
        if name == "FROM":
            base, _, stage = rest.partition(" AS ")
            stage = stage or f"stage-{len(stages)}"
            image = stages[stage] = Image(Root(roots, stage), base)
        else:
            assert image, "a Dockerfile begins with FROM"
            _follow(image, name, rest, stages, context)
    assert image
    return image


def _follow(image: Image, name: str, rest: str, stages: dict[str, Image], context: Path) -> None:
    if name == "RUN":
        image.root.run(["sh", "-c", rest], env=image.env, cwd=image.cwd, user=image.user)
    elif name == "COPY":
        _copy(image, rest.split(), stages, context)
    elif name == "ENV":
        image.env |= dict(pair.split("=", 1) for pair in shlex.split(rest))
    elif name == "USER":
        image.user = rest
    elif name == "WORKDIR":
        image.cwd = rest
    elif name == "VOLUME":
        image.volumes += json.loads(rest)
    elif name == "EXPOSE":
        image.ports += [int(port) for port in rest.split()]
    elif name in ONE_COMMAND:
        image.commands[name] = json.loads(rest[rest.index("[") :])
    else:
        raise ValueError(f"{name} is not known here.")


def _copy(image: Image, words: list[str], stages: dict[str, Image], context: Path) -> None:
    if words[0].startswith("--from="):
        image.root.take_over(stages[words[0].removeprefix("--from=")].root, words[1], words[2])
        return
    *sources, target = words
    for source in sources:
        image.root.bring(context / source, target)
