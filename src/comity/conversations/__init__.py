"""Conversations: inboxes, legs, messages, drafts and everything that is done to them."""
