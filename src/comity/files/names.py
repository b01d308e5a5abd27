"""Names that strangers give to their files, made harmless."""

from comity.core.text import one_line

LIMIT = 150
# Windows opens devices under these names, whatever comes after the dot.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
_FORBIDDEN = str.maketrans(dict.fromkeys('<>:"|?*', "_"))


def clean_file_name(name: str, default: str = "file") -> str:
    """Return a name without folders, hidden characters or reserved words, its ending kept when it is cut."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = one_line(last).translate(_FORBIDDEN).strip(". ")
    if not plain:
        return default
    stem, dot, ending = plain.rpartition(".")
    if not stem:
        stem, dot, ending = plain, "", ""
    if stem.partition(".")[0].lower() in _DEVICES:
        stem = f"_{stem}"
    ending = ending[:20]
    return stem[: LIMIT - len(dot) - len(ending)].rstrip(". ") + dot + ending
