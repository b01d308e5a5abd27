"""A stamp of everything that browsers keep, so that an address never changes what it holds."""

import hashlib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def of_static_files(house: Path, packages: Iterable[str] = ()) -> str:
    """Return a short hash of all files in `static` folders and of the versions of packages that bring some.

    One stamp for all of them, as a script names its neighbours by relative addresses. It is made of contents, so
    that several machines agree.
    """
    digest = hashlib.sha256()
    for package in packages:
        try:
            digest.update(f"{package} {version(package)}\0".encode())
        except PackageNotFoundError:
            continue
    for file in sorted(house.glob("**/static/**/*")):
        if file.is_file():
            digest.update(f"{file.relative_to(house)}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:10]
