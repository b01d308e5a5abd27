"""Text whose lines were broken for transport only (RFC 3676): joined again."""


def unflow(text: str, *, joins_without_space: bool = False) -> str:
    """Return the text with its flowed lines joined; quoted lines keep their depth."""
    lines: list[str] = []
    open_depth: int | None = None
    for line in text.split("\n"):
        words = line.lstrip(">")
        depth = len(line) - len(words)
        words = words.removeprefix(" ")
        flows = words.endswith(" ") and words != "-- "
        if flows and joins_without_space:
            words = words[:-1]
        if open_depth == depth and lines and words != "-- ":
            lines[-1] += words
        else:
            lines.append(f"{'>' * depth} {words}" if depth else words)
        open_depth = depth if flows else None
    return "\n".join(line if line == "-- " else line.rstrip() for line in lines)
