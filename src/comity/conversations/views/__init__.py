"""Pages and fragments of conversations: read the request, act once, render."""
