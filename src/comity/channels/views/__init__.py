"""Pages of the channel frame: inboxes, and what arrived."""
