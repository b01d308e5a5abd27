"""For how long the certificate at the other end of a connection is valid."""

import ssl
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from .health import Finding, expiring


def certificate_of(connection: object, host: str) -> Finding | None:
    """Say until when the certificate of a server is valid; None where the connection has none."""
    if not isinstance(connection, ssl.SSLSocket):
        return None
    shown = connection.getpeercert() or {}
    until = shown.get("notAfter")
    if not isinstance(until, str):
        return None
    at = datetime.fromtimestamp(ssl.cert_time_to_seconds(until), UTC)
    remedy = _("Whoever runs the server must renew the certificate before then.")
    return expiring(_("Certificate of %(host)s") % {"host": host}, at, remedy=remedy)
