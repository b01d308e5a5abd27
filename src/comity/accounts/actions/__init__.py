"""Everything that can be done in this room, one module for each group of verbs."""
