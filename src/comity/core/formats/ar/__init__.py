"""Arabic, as it is read anywhere."""
