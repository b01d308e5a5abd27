"""The order of files: those that take minutes begin first, so that no worker is left alone with one at the end."""

from collections import Counter

import pytest

DATABASE = {"db", "transactional_db"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by file: the marked ones, then those with the most tests. Where a database is flushed, nothing changes."""
    long = {item.path for item in items if item.get_closest_marker("long")}
    counts = Counter(item.path for item in items)

    def place(item: pytest.Item) -> tuple[bool, int, str]:
        if item.get_closest_marker("django_db") or DATABASE & set(getattr(item, "fixturenames", ())):
            return True, -len(items), ""
        return item.path not in long, -counts[item.path], str(item.path)

    items.sort(key=place)
