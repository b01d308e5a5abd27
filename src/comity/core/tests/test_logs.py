"""Lines of the program's log: for people or as JSON, and never with what is somebody's."""

import json
import logging
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from comity.core import logs
from comity.core.origin import ActingFrom, Origin


def line(form: logging.Formatter, message: str, *args: object, error: Exception | None = None) -> str:
    info = (type(error), error, error.__traceback__) if error else None
    return form.format(logging.LogRecord("comity.tests", logging.WARNING, __file__, 1, message, args, info))


def raised(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:
        return caught


def test_a_json_line_has_request_event_and_reaction() -> None:
    with ActingFrom(Origin(request_id="r-1")), logs.about(event=42, reaction="search.index"):
        found = json.loads(line(logs.Json(), "Done with %s", 7))

    assert found.pop("at").endswith("+00:00")
    assert found == {
        "level": "warning",
        "logger": "comity.tests",
        "message": "Done with 7",
        "request": "r-1",
        "event": 42,
        "reaction": "search.index",
    }


def test_a_line_for_people_says_the_same() -> None:
    with logs.about(event=42):
        assert line(logs.Plain(), "Done").endswith("warning comity.tests: Done [event=42]")


def test_an_error_tells_its_kind_and_place_and_not_its_words() -> None:
    try:
        raise ValueError("Anna Berg wrote this") from raised(KeyError("Quagga"))
    except ValueError:
        record = logging.LogRecord("comity.tests", logging.ERROR, __file__, 1, "It broke", (), sys.exc_info())

    found = json.loads(logs.Json().format(record))

    assert found["error"] == "ValueError"
    assert "test_logs.py" in found["trace"] and "KeyError" in found["trace"]
    assert "wrote this" not in found["trace"].replace('raise ValueError("Anna Berg wrote this")', "")
    assert line(logs.Plain(), "No: %s", ValueError("Anna Berg")).endswith("No: ValueError")


def test_what_only_speaks_of_the_machine_is_said() -> None:
    assert "No space left" in line(logs.Plain(), "No: %s", OSError(28, "No space left on device"))


def test_addresses_and_secrets_are_taken_out_of_any_message() -> None:
    said = line(logs.Plain(), "For anna@example.org with token=abc")

    assert "anna@example.org" not in said and "abc" not in said


def test_the_path_of_a_failed_request_is_left_out() -> None:
    record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, "%s: %s", ("Error", "/join/secret"), None)

    assert json.loads(logs.Json().format(record))["message"] == "Error"


def test_a_form_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="COMITY_LOG"):
        logs.settings("xml")
