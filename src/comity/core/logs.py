"""The program's own log: lines for people, or one JSON object a line; never with what is personal.

Whatever is logged passes here: what a message quotes is redacted, and of an error only the kind and the place stay,
unless its words can only speak of files, networks and the database server.
"""

import json
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from smtplib import SMTPException
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import InterfaceError, OperationalError

from . import origin
from .redaction import redacted

SAYABLE = (OSError, OperationalError, InterfaceError, ImproperlyConfigured)
FORMATS = ("text", "json")
_about: ContextVar[dict[str, Any] | None] = ContextVar("about", default=None)


@contextmanager
def about(**values: Any) -> Iterator[None]:
    """Note these values with every line that is logged in this block, such as event=42 and reaction="search.index"."""
    token = _about.set({**(_about.get() or {}), **values})
    try:
        yield
    finally:
        _about.reset(token)


class Plain(logging.Formatter):
    """A line that people read; what it is about stands at its end."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and the places of an error beneath it."""
        values = _values(record)
        at, level, logger, said = (values.pop(name) for name in ("at", "level", "logger", "message"))
        trace = values.pop("trace", "")
        tail = " ".join(f"{name}={value}" for name, value in values.items())
        return f"{at} {level} {logger}: {said}" + (f" [{tail}]" if tail else "") + (f"\n{trace}" if trace else "")


class Json(logging.Formatter):
    """One JSON object a line, for programs that gather logs."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the object."""
        return json.dumps(_values(record), ensure_ascii=False, default=str)


def settings(form: str) -> dict[str, Any]:
    """Return Django's LOGGING for one of the FORMATS. Raises ImproperlyConfigured for another."""
    if form not in FORMATS:
        raise ImproperlyConfigured(f"COMITY_LOG is “{form}”. Use text or json.")
    formatters = {"text": {"()": "comity.core.logs.Plain"}, "json": {"()": "comity.core.logs.Json"}}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": formatters,
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": form},
            "count": {"class": "comity.core.metrics.CountErrors", "level": "ERROR"},
        },
        "root": {"handlers": ["stderr", "count"], "level": "WARNING"},
        "loggers": {
            "comity": {"level": "INFO"},
            "comity.access": {"level": "INFO" if form == "json" else "WARNING"},
            "django.request": {"level": "ERROR"},  # what is only not found would fill the log
        },
    }


def _values(record: logging.LogRecord) -> dict[str, Any]:
    values: dict[str, Any] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": redacted(_said(record)),
    }
    request = origin.current()
    if request and request.request_id:
        values["request"] = request.request_id
    values |= (_about.get() or {}) | getattr(record, "about", {})
    if record.exc_info and record.exc_info[1]:
        values |= {"error": type(record.exc_info[1]).__name__, "trace": _trace(record.exc_info[1])}
    return values


def _said(record: logging.LogRecord) -> str:
    """The message; an error that it quotes gives its kind alone, where its words might be somebody's."""
    if record.name == "django.request":  # the path may be a one-time link; the access line has the route
        return record.getMessage().partition(": ")[0]
    if isinstance(record.args, tuple) and record.args:
        return str(record.msg) % tuple(_sayable(one) if isinstance(one, Exception) else one for one in record.args)
    return record.getMessage()


def _sayable(error: BaseException) -> str:
    name = type(error).__name__
    is_sayable = isinstance(error, SAYABLE) and not isinstance(error, SMTPException)  # a server may quote the mail
    return f"{name}: {error}" if is_sayable else name


def _trace(error: BaseException) -> str:
    """Where it happened and what kind of error it was, with those that led to it."""
    parts: list[str] = []
    seen: list[BaseException] = []
    now: BaseException | None = error
    while now is not None and now not in seen:
        seen.append(now)
        places = "".join(traceback.format_tb(now.__traceback__))
        parts.insert(0, f"{places}{redacted(_sayable(now))}")
        now = now.__cause__ or (None if now.__suppress_context__ else now.__context__)
    return "\nthen\n".join(parts)
