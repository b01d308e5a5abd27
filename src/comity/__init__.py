"""Comity: customer service for a whole organisation, in one program that it runs itself."""

__version__ = "0.1.0"
