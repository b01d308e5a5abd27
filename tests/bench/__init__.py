"""Measuring: what `bench/ingest` and `bench/pages` do; see bench/README.md."""
