"""The client API: what a visitor's chat may call."""
