"""Tests of live chat."""
