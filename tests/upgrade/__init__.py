"""A data folder that an earlier version made, and what this version makes of it."""
