"""Reads the `COMITY_*` variables: typed, with defaults, failing at the start with the variable's name.

Each call also notes the variable, so that the table in the documentation can be checked against the code.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PREFIX = "COMITY_"
# A network that fails says nothing. Both ends of a connection to PostgreSQL look and give up after 15 seconds: ours, so
# that no thread waits for an answer that never comes, and the server's, so that it lets go of what we had locked.
NOTICED = {"keepalives_idle": 5, "keepalives_interval": 5, "keepalives_count": 2, "tcp_user_timeout": 15_000}
NOTICED_THERE = " ".join(
    f"-c {name.replace('keepalives', 'tcp_keepalives')}={value}" for name, value in NOTICED.items()
)


@dataclass(frozen=True)
class Variable:
    """One variable that the program reads, with its default as shown in the documentation."""

    name: str
    default: str
    help: str


variables: dict[str, Variable] = {}


def text(name: str, default: str, *, help: str = "") -> str:
    """Return the variable as it stands, or the default."""
    variables[name] = Variable(PREFIX + name, default, help)
    return os.environ.get(PREFIX + name, default)


def flag(name: str, *, default: bool, help: str = "") -> bool:
    """Return a yes or no. Raises ImproperlyConfigured for anything else."""
    value = text(name, "yes" if default else "no", help=help).strip().lower()
    if value in ("1", "yes", "true", "on"):
        return True
    if value in ("0", "no", "false", "off", ""):
        return False
    raise ImproperlyConfigured(f"{PREFIX}{name} is “{value}”. Use yes or no.")


def number(name: str, default: int, *, help: str = "") -> int:
    """Return a whole number. Raises ImproperlyConfigured for anything else."""
    value = text(name, str(default), help=help)
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{PREFIX}{name} is “{value}”. Use a whole number.") from None


def folder(name: str, default: str, *, help: str = "") -> Path:
    """Return a folder as an absolute path; it is made on first use, not here."""
    return Path(text(name, default, help=help)).expanduser().resolve()


def url(name: str, default: str, *, help: str = "") -> SplitResult:
    """Return an http(s) address in its parts. Raises ImproperlyConfigured when it is none."""
    value = text(name, default, help=help).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ImproperlyConfigured(f"{PREFIX}{name} is “{value}”. Use an address such as https://help.example.org.")
    return parts


def address(host: str, port: int) -> str:
    """Return the http address of a host and port as a browser on the same machine opens it."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{host}:{port}" if port != 80 else f"http://{host}"


def words(name: str, default: str = "", *, help: str = "") -> list[str]:
    """Return a list written with commas."""
    return [word.strip() for word in text(name, default, help=help).split(",") if word.strip()]


def secret(name: str, *, kept_in: Path, help: str = "") -> str:
    """Return a secret: the variable, or a key made once and kept in the data folder, readable by its owner only."""
    if value := text(name, "", help=help):
        return value
    path = kept_in / name.lower().replace("_", "-")
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        kept_in.mkdir(mode=0o700, parents=True, exist_ok=True)  # it will hold what customers wrote
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, path)  # the first of several processes wins
    except FileExistsError:
        pass
    finally:
        os.unlink(temporary)
    return path.read_text().strip()


def database(address: str) -> dict[str, object]:
    """Return Django's settings for `postgresql://user:password@host:port/name`.

    `?host=/folder` names a socket; whatever else stands behind the question mark goes to libpq, such as `sslmode`.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ImproperlyConfigured("COMITY_DATABASE_URL must begin with postgresql://")
    query = {
        name: unquote(value) for name, _, value in (pair.partition("=") for pair in parts.query.split("&")) if value
    }
    host = query.pop("host", "") or unquote(parts.hostname or "")
    options = {"connect_timeout": 10, **NOTICED, **query}
    options["options"] = f"{NOTICED_THERE} {query.get('options', '')}".strip()
    return {
        "ENGINE": "comity.events.engines.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
