"""The order of files: those that take minutes begin first, so that no worker is left alone with one at the end. And
the mark of what touches the run's database: the others say the same on any, so they run once.
"""

from collections import Counter

import pytest

DATABASE = {"db", "transactional_db"}
PROGRAM = {"live", "start_live"}  # which runs on the same kind of database


@pytest.hookimpl(tryfirst=True)  # before the marks are asked for
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by file: the marked ones, then those with the most tests. Where a database is flushed, nothing changes."""
    long = {item.path for item in items if item.get_closest_marker("long")}
    counts = Counter(item.path for item in items)
    for item in items:
        if _uses(item, DATABASE | PROGRAM):
            item.add_marker("database")

    def place(item: pytest.Item) -> tuple[bool, int, str]:
        if _uses(item, DATABASE):
            return True, -len(items), ""
        return item.path not in long, -counts[item.path], str(item.path)

    items.sort(key=place)


def _uses(item: pytest.Item, fixtures: set[str]) -> bool:
    return bool(item.get_closest_marker("django_db") or fixtures & set(getattr(item, "fixturenames", ())))
