"""PostgreSQL through Django's own backend; it needs nothing added to be the engine of the log."""

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, under the name that the settings and the documentation use."""
