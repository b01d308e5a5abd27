"""Every address with who may open it, as the code says. `python -m tests.support.access` prints the tables."""

from collections.abc import Iterator
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
    """

    name: str
    path: str
    needs: tuple[str, ...] | None
    module: str

    @property
    def who(self) -> str:
        """The words of the documentation."""
        if self.needs is None:
            return "everybody"
        if self.name in OWN_CHECK:
            return OWN_CHECK[self.name]
        return " or ".join(f"`{need}`" for need in self.needs) or "signed in"


def addresses() -> list[Address]:
    """Return every address of our own rooms; what allauth brings is its own."""
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
    return "\n".join(lines)


def _walk(patterns: list[object], prefix: str = "") -> Iterator[Address]:
    from django.urls import URLPattern

    for pattern in patterns:
        path = prefix + str(pattern.pattern)  # type: ignore[attr-defined]
        if isinstance(pattern, URLPattern):
            view = pattern.callback
            yield Address(pattern.name or "", path, getattr(view, "needs", None), view.__module__)
        else:
            yield from _walk(pattern.url_patterns, path)  # type: ignore[attr-defined]


if __name__ == "__main__":
    import django

    django.setup()
    print(tables())
