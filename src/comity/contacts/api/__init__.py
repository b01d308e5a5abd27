"""Customers and companies over the API: the same actions and refusals as on the pages."""

from . import companies, contacts, merging, parts

__all__ = ["companies", "contacts", "merging", "parts"]
