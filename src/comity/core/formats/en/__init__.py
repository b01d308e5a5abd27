"""English, as it is read anywhere."""
