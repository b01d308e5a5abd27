"""Every address with who may open it, as the code says. `python -m tests.support.access` prints the tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

ALLAUTH = "allauth"
OWN_CHECK = {
    "settings_sign_in": "that of the group",
    "settings_system_mail": "that of the group",
    "settings_options": "that of the group",
    "settings_options_at": "that of the group",
    "do": "that of the command",
}
ROLES = ("administrator", "supervisor", "agent", "light_agent", "auditor")


@dataclass(frozen=True)
class Address:
    """One address: its name, its path with the names of its parts, and the permissions of which one is enough.

    needs is None for an address that is open without signing in, and () for one that only asks for that.
    An address of the API stands here once for each method, and asks for a token instead.
    """

    name: str
    path: str
    needs: tuple[str, ...] | None
    module: str
    method: str = ""

    @property
    def who(self) -> str:
        """The words of the documentation."""
        if self.needs is None:
            return "everybody"
        if self.name in OWN_CHECK:
            return OWN_CHECK[self.name]
        return " or ".join(f"`{need}`" for need in self.needs) or ("any token" if self.method else "signed in")


def addresses() -> list[Address]:
    """Return every address of our own rooms that people open; what allauth brings is its own."""
    return [address for address in _all() if not address.method]


def calls() -> list[Address]:
    """Return every call of the API, one for each method of an address."""
    return [address for address in _all() if address.method]


def _all() -> list[Address]:
    from django.urls import get_resolver

    return [address for address in _walk(get_resolver().url_patterns) if not address.module.startswith(ALLAUTH)]


def tables() -> str:
    """Return both tables: permission by role, and address by permission."""
    from comity.core.permission import permissions

    lines = ["| permission | what | " + " | ".join(role.replace("_", " ") for role in ROLES) + " |"]
    lines.append("| --- | --- |" + " :-: |" * len(ROLES))
    for permission in sorted(permissions, key=lambda each: each.name):
        has = [role == "administrator" or role in permission.roles for role in ROLES]
        marks = " | ".join("✓" if one else "" for one in has)
        lines.append(f"| `{permission.name}` | {permission.label} | {marks} |")
    lines += ["", "| address | who |", "| --- | --- |"]
    lines += [f"| `/{address.path}` | {address.who} |" for address in addresses()]
    lines += ["", "| call of the API | what the token needs |", "| --- | --- |"]
    lines += [f"| `{call.method} /{call.path}` | {call.who} |" for call in calls()]
    return "\n".join(lines)


def _walk(patterns: Sequence[object], prefix: str = "") -> Iterator[Address]:
    from django.urls import URLPattern

    for pattern in patterns:
        path = prefix + str(pattern.pattern)  # type: ignore[attr-defined]
        if isinstance(pattern, URLPattern):
            view = pattern.callback
            name = pattern.name or ""
            if operations := getattr(view, "operations", None):
                for method, needs in operations.items():
                    yield Address(name, path, needs, view.__module__, method)
            else:
                yield Address(name, path, getattr(view, "needs", None), view.__module__)
        else:
            yield from _walk(pattern.url_patterns, path)  # type: ignore[attr-defined]


if __name__ == "__main__":
    import django

    django.setup()
    print(tables())
