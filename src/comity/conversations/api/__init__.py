"""Conversations over the API: the same actions and refusals as on the pages."""

from . import conversations, messages

__all__ = ["conversations", "messages"]
