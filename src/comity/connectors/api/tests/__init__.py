"""Tests of the API channel."""
