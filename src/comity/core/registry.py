"""A named list that rooms add to when the program starts."""

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Holds values by unique name, in the order in which they were added."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._values: dict[str, T] = {}

    def add(self, name: str, value: T) -> T:
        """Keep a value under its name. Raises ValueError when another value has that name."""
        if self._values.get(name, value) != value:
            raise ValueError(f"There are two {self.what} named {name!r}.")
        self._values[name] = value
        return value

    def get(self, name: str) -> T | None:
        """Return the value of that name, or None."""
        return self._values.get(name)

    def __getitem__(self, name: str) -> T:
        return self._values[name]

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[T]:
        return iter(self._values.values())

    def __len__(self) -> int:
        return len(self._values)
