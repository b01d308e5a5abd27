"""The demonstration, whole: filled, looked at, removed."""
