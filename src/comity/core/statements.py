"""Statements that are asked again and again."""


class Kept(str):
    """A statement whose plan a connection to PostgreSQL keeps for some seconds; SQLite keeps each by itself.

    For what a message asks: planning takes longer there than asking. Only where the same plan is right for every value:
    what is found by a key, or narrowly by an index. Never for tables that empty themselves, such as `events_run`.
    """

    __slots__ = ()
