"""Says which lock files lack something that pyproject.toml asks for. Needs no network."""

import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HOUSE = Path(__file__).parent.parent
REMEDY = "uv pip compile pyproject.toml --generate-hashes --universal --no-emit-index-url --python-version 3.11"


def main() -> int:
    """Return 1 when a lock file is behind."""
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    locks = {"base": [], "postgres": extras["postgres"], "dev": extras["dev"]}
    missing = [
        f"requirements/{name}.txt lacks {wanted}"
        for name, more in locks.items()
        for wanted in map(Requirement, [*project["dependencies"], *more])
        if not is_met(wanted, locked(HOUSE / "requirements" / f"{name}.txt"))
    ]
    for line in missing:
        print(line)
    if missing:
        print(f"Remedy: {REMEDY} [--extra NAME] -o requirements/NAME.txt")
    return 1 if missing else 0


def locked(path: Path) -> dict[str, str]:
    """Return the versions in a lock file by name. Raises ValueError for a package without hashes."""
    found = {}
    for entry in path.read_text().replace("\\\n", " ").splitlines():
        if "==" in entry and not entry.startswith(("#", " ")):
            if "--hash=sha256:" not in entry:
                raise ValueError(f"{path.name}: {entry.split()[0]} has no hash")
            name, version = entry.split()[0].split("==")
            found[canonicalize_name(name.split("[")[0])] = version
    return found


def is_met(wanted: Requirement, found: dict[str, str]) -> bool:
    """Is a package locked in a version that is wanted?"""
    version = found.get(canonicalize_name(wanted.name))
    return version is not None and wanted.specifier.contains(version, prereleases=True)


if __name__ == "__main__":
    sys.exit(main())
