"""Integrations: other programs are told what happens here, by webhooks."""
