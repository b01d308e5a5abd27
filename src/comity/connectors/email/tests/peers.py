# ruff: noqa: E501, N802  (hooks are named after commands)
"""Mail servers for tests: one that does as it is told, and certificates."""

import asyncio
import datetime
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Peer:
    """A server that answers by a script: `answers` maps MAIL, RCPT, an address, or DATA to a reply, "hang" or "drop"."""

    answers: dict[str, str] = field(default_factory=dict)
    mails: list[Envelope] = field(default_factory=list)
    port: int = 0

    async def _answer(self, word: str, server: SMTP, default: str) -> str:
        answer = self.answers.get(word, default)
        if answer == "hang":
            await asyncio.sleep(30)
        if answer == "drop":
            server.transport.abort()
        return answer

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return await self._answer("MAIL", server, "250 OK")

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._answer(address if address in self.answers else "RCPT", server, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = await self._answer("DATA", server, "250 OK")
        if answer.startswith("250"):
            self.mails.append(envelope)
        return answer


@contextmanager
def running(
    peer: Peer, *, tls: ssl.SSLContext | None = None, implicit: bool = False, login: bool = False, **more: Any
) -> Iterator[Peer]:
    """Run a peer on a free port of this machine."""
    loop = asyncio.new_event_loop()

    def accept(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"maya", b"secret"), handled=False)

    def protocol() -> SMTP:
        options: dict[str, Any] = {"tls_context": tls, "require_starttls": True} if tls and not implicit else {}
        if login:
            options |= {
                "authenticator": accept,
                "auth_required": True,
                "auth_require_tls": tls is not None and not implicit,
            }
        return SMTP(peer, loop=loop, **({"enable_SMTPUTF8": True} | options | more))

    server = loop.run_until_complete(loop.create_server(protocol, "127.0.0.1", 0, ssl=tls if implicit else None))
    peer.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(60)


def certificate(folder: Path, *names: str, days: int = 30) -> tuple[Path, Path]:
    """Make a certificate for these names, signed by itself; returns its file and that of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    now = datetime.datetime.now(datetime.UTC)
    alternatives = [x509.IPAddress(ipaddress.ip_address(n)) if n[0].isdigit() else x509.DNSName(n) for n in names]
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=60))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / f"{names[0]}.crt", folder / f"{names[0]}.key"
    cert_file.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert_file, key_file


def server_context(files: tuple[Path, Path]) -> ssl.SSLContext:
    """Return what a server with this certificate needs."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    return context
