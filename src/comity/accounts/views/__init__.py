"""Pages of this room: read the request, act once, render."""
