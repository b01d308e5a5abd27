"""Feedback: what customers say about how it went."""
