"""Who did something: the same small value in actions, events and the audit page."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Actor:
    """Who acts: kind is agent, contact, assistant, rule, token, device or system; cause is the event that led to it."""

    kind: str
    id: str
    cause: int | None = None

    def because_of(self, event_id: int) -> "Actor":
        """Return the same actor, acting because of an event."""
        return replace(self, cause=event_id)

    @property
    def agent_id(self) -> int | None:
        """The agent's id where a person of the organisation acts."""
        return int(self.id) if self.kind == "agent" else None


def system(name: str, cause: int | None = None) -> Actor:
    """Return the program itself as an actor, by the name of the part that acts."""
    return Actor("system", name, cause)
