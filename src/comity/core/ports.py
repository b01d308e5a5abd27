"""The plug *ports*: a small Protocol for a need that other rooms answer."""

from typing import Generic, TypeVar

P = TypeVar("P")


class Port(Generic[P]):
    """A need with any number of answers, owned by a lower floor and answered by higher ones."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._answers: list[P] = []

    def answer(self, answer: P) -> P:
        """Offer an answer; the same one twice counts once. Usable as a decorator."""
        if answer not in self._answers:
            self._answers.append(answer)
        return answer

    def all(self) -> list[P]:
        """Return every answer."""
        return list(self._answers)

    def one(self) -> P:
        """Return the only answer. Raises LookupError when there is none or more than one."""
        if len(self._answers) != 1:
            raise LookupError(f"Port {self.name} has {len(self._answers)} answers, one is needed.")
        return self._answers[0]
