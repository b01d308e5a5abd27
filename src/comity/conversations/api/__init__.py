"""Conversations over the API: the same actions and refusals as on the pages."""

from . import conversations, messages, moves, people, tags

__all__ = ["conversations", "messages", "moves", "people", "tags"]
