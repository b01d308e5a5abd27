"""Which agent is told what, and what they have read of it."""
