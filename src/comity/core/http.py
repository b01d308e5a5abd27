"""The one way out to the web: no private addresses, no endless answers, no redirects out of policy.

What an administrator configured on the own network is named in `allowed_hosts`; nothing else there can be reached,
whatever a name resolves to, since the connection goes to the very address that was checked.
"""

import ipaddress
import json as json_module
import socket
import ssl
import time
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore2
import httpx2

MAX_REDIRECTS = 3
_REDIRECTS = {301, 302, 303, 307, 308}


class HttpError(Exception):
    """A request that brought no answer; the text says why, in plain words."""


class Refused(HttpError):
    """An address that we don't connect to. Nothing was sent."""


class Unreachable(HttpError):
    """The other side could not be reached. Nothing was sent."""


class NoAnswer(HttpError):
    """The request went out, or part of it, and no whole answer came: it may have had its effect."""


class TooLarge(HttpError):
    """The answer is larger than was asked for."""


@dataclass(frozen=True)
class Response:
    """What the other side answered. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def ok(self) -> bool:
        """Did it say that all went well?"""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @cached_property
    def json(self) -> Any:
        """The body as JSON. Raises ValueError when it is none."""
        return json_module.loads(self.body)

    @property
    def retry_after(self) -> float | None:
        """The seconds to wait, where the other side named them as a number."""
        value = self.headers.get("retry-after", "")
        return float(value) if value.isascii() and value.isdigit() else None


@dataclass(frozen=True)
class Client:
    """Speaks to one service (`base`) or, without a base, to any public address.

    seconds is the limit for a whole request, redirects included; max_bytes that of an answer.
    """

    base: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    allowed_hosts: Collection[str] = ()
    seconds: float = 20
    max_bytes: int = 10 * 1024 * 1024
    ca_file: str = ""

    def get(
        self, path: str, *, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Fetch something; follows a few redirects."""
        return self.request("GET", path, params=params, headers=headers)

    def post(
        self,
        path: str,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        key: str = "",
    ) -> Response:
        """Send something. `key` goes along as Idempotency-Key, for services that honour it."""
        return self.request("POST", path, json=json, form=form, content=content, headers=headers, key=key)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        key: str = "",
    ) -> Response:
        """Send a request and return the whole answer, whatever its status.

        Raises Refused, Unreachable, NoAnswer or TooLarge.
        """
        url = _checked(urljoin(self.base, path))
        sent = {**self.headers, **(headers or {}), **({"Idempotency-Key": key} if key else {})}
        deadline = time.monotonic() + self.seconds
        with _Session(self.allowed_hosts, deadline, self.ca_file) as session:
            for _hop in range(MAX_REDIRECTS + 1):
                request = session.build_request(
                    method, url, params=params, json=json, data=form, content=content, headers=sent
                )
                response = self._exchange(session, request, deadline)
                location = response.headers.get("location")
                if response.status not in _REDIRECTS or not location or method not in ("GET", "HEAD"):
                    return response
                sent = _for_redirect(sent, url, target := _checked(urljoin(url, location), after=url))
                url, params = target, None
        raise Refused("The address leads on to others again and again.")

    def _exchange(self, session: httpx2.Client, request: httpx2.Request, deadline: float) -> Response:
        host = request.url.host
        try:
            with closing(session.send(request, stream=True)) as answer:
                body = b"".join(self._chunks(answer, deadline))
                headers = {name.lower(): value for name, value in answer.headers.items()}
                return Response(answer.status_code, headers, body, str(request.url))
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise Unreachable(f"{host} could not be reached: {_why(error)}") from error
        except httpx2.TimeoutException as error:
            raise NoAnswer(f"{host} did not answer in time.") from error
        except httpx2.HTTPError as error:
            raise NoAnswer(f"{host} ended the connection without a whole answer: {_why(error)}") from error
        except (httpx2.InvalidURL, UnicodeError) as error:
            raise Refused("This is not an address that we can open.") from error

    def _chunks(self, answer: httpx2.Response, deadline: float) -> Iterable[bytes]:
        size = 0
        for chunk in answer.iter_bytes():
            size += len(chunk)
            if size > self.max_bytes:
                raise TooLarge(f"The answer is larger than {self.max_bytes} bytes.")
            if time.monotonic() > deadline:
                raise NoAnswer("The answer did not come to an end in time.")
            yield chunk


class _Session(httpx2.Client):
    """The library's client, with connections that go where we allow."""

    def __init__(self, allowed_hosts: Collection[str], deadline: float, ca_file: str) -> None:
        context = ssl.create_default_context(cafile=ca_file or None)
        transport = httpx2.HTTPTransport(verify=context, trust_env=False)
        # The library has no public place for a network backend; a test watches over this one.
        transport._pool = httpcore2.ConnectionPool(
            ssl_context=context, network_backend=_Guarded(allowed_hosts, deadline)
        )
        super().__init__(transport=transport, timeout=_left(deadline), trust_env=False, follow_redirects=False)


class _Guarded(httpcore2.SyncBackend):
    """Resolves a name, checks every address, and connects to one that was checked."""

    def __init__(self, allowed_hosts: Collection[str], deadline: float) -> None:
        self._allowed = {host.lower() for host in allowed_hosts}
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        addresses = resolve(host, port)
        if not ({host.lower(), f"{host.lower()}:{port}"} & self._allowed):
            for address in addresses:
                if not is_public(address):
                    raise Refused(f"{host} is on a private network, and is not among the addresses that are allowed.")
        stream = super().connect_tcp(addresses[0], port, _left(self._deadline), local_address, socket_options)
        return _Timed(stream, self._deadline)

    def connect_unix_socket(self, *args: Any, **more: Any) -> httpcore2.NetworkStream:
        raise Refused("Only web addresses can be opened.")


class _Timed(httpcore2.NetworkStream):
    """A connection that ends in time, also where the other side goes on and on with small pieces."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if (left := _left(self._deadline)) == 0:
            raise httpcore2.ReadTimeout("The time is over.")
        return bytes(self._stream.read(max_bytes, left))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if (left := _left(self._deadline)) == 0:
            raise httpcore2.WriteTimeout("The time is over.")
        self._stream.write(buffer, left)

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def close(self) -> None:
        self._stream.close()


def _left(deadline: float) -> float:
    """The seconds until then."""
    return max(0.0, deadline - time.monotonic())


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host. Raises Unreachable when there are none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"There is no host named {host}.") from error
    return [str(entry[4][0]) for entry in found]


def is_public(address: str) -> bool:
    """Is this an address of the public internet, also when it is an IPv4 address in the clothes of IPv6?"""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo or (None, None))[1]
        if inner is None and ip in ipaddress.IPv6Network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _checked(url: str, *, after: str = "") -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused("Only addresses that begin with http:// or https:// can be opened.")
    if after.startswith("https:") and parts.scheme != "https":
        raise Refused("A protected address leads on to one without protection.")
    return url


def _for_redirect(headers: dict[str, str], before: str, after: str) -> dict[str, str]:
    """Credentials stay with the host for which they were meant."""
    if urlsplit(before).netloc.lower() == urlsplit(after).netloc.lower():
        return headers
    return {name: value for name, value in headers.items() if name.lower() in ("accept", "user-agent")}


def _why(error: BaseException) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not valid ({cause.verify_message})"
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror.lower()  # without the number that programmers know it by
        cause = cause.__cause__ or cause.__context__
    return str(error) or type(error).__name__
