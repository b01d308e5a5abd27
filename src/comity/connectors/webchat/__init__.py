"""Live chat: a widget that any site can carry, and the visitors who write by it."""
