"""What our own mail server says of the sender (RFC 8601). Other servers' verdicts count for nothing."""

import authres

from comity.channels.contract import Address, Context, SenderCheck

from .headers import Headers


def check_sender(headers: Headers, sender: Address, context: Context) -> SenderCheck:
    """Return whether the address in From is proven, refuted or neither."""
    values = headers.all("authentication-results")
    if not values or not context.trusted_servers:
        return "none"
    verdicts = _verdicts(values[:20], {server.lower() for server in context.trusted_servers})
    domain = sender.address.rpartition("@")[2].lower()
    dmarc = next((verdict for method, verdict, _ in verdicts if method == "dmarc"), "")
    if dmarc in ("pass", "bestguesspass"):
        return "pass"
    if dmarc in ("fail", "permerror"):
        return "fail"
    aligned = [verdict for method, verdict, about in verdicts if method in ("dkim", "spf") and _is_same(about, domain)]
    if "pass" in aligned:
        return "pass"
    return "fail" if "fail" in aligned or "softfail" in aligned else "none"


def _verdicts(values: list[str], trusted: set[str]) -> list[tuple[str, str, str]]:
    """Return (method, verdict, domain that it is about); of a method that is named twice the topmost header decides."""
    verdicts: list[tuple[str, str, str]] = []
    for value in values:
        try:
            header = authres.AuthenticationResultsHeader.parse_value(value)
        except Exception:  # whatever somebody wrote into a header that anybody can write
            continue
        if str(header.authserv_id or "").lower() not in trusted:
            continue
        known = {method for method, _, _ in verdicts}
        for result in header.results:
            method = str(result.method or "").lower()
            if method not in known:
                verdicts.append((method, str(result.result or "").lower(), _domain(result)))
    return verdicts


def _domain(result: authres.AuthenticationResult) -> str:
    for entry in result.properties:
        if (entry.type, entry.name) in (("header", "d"), ("smtp", "mailfrom"), ("header", "i")):
            return str(entry.value).rpartition("@")[2].lower()
    return ""


def _is_same(about: str, domain: str) -> bool:
    return bool(about) and (about == domain or domain.endswith("." + about) or about.endswith("." + domain))
