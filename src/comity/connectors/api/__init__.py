"""An organisation's own system as a channel."""
