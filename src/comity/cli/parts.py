"""The parts of the running program. Each can be started, stopped within a time, and asked what is wrong."""

import asyncio
import socket
import threading
from typing import Protocol

import uvicorn
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

STREAMS_END = 3  # seconds for answers that are under way; live streams are ended at once


class Part(Protocol):
    """Something that runs until it is told to stop."""

    def start(self) -> None: ...
    def stop(self, timeout: float) -> None: ...


class Reactions:
    """Reactions and timers, among them what sends messages."""

    sends = True

    def __init__(self) -> None:
        from comity.events.runner import Runner

        self._runner = Runner(settings.REACTION_THREADS)

    def start(self) -> None:
        """Begin to work off what is owed."""
        self._runner.start()

    def stop(self, timeout: float) -> None:
        """Take nothing new, and finish."""
        self._runner.stop(timeout)


class Web:
    """Pages and live streams: one uvicorn in a thread of its own."""

    def __init__(self) -> None:
        self._socket = _listen(settings.HOST, settings.PORT)
        self._server: uvicorn.Server | None = None
        self._thread = threading.Thread(target=self._run, name="http", daemon=True)
        self._failure: BaseException | None = None

    def start(self) -> None:
        """Serve; returns when the first request can be answered. Raises what went wrong."""
        self._thread.start()
        while not (self._server and self._server.started):
            self._thread.join(0.02)
            if not self._thread.is_alive():
                raise self._failure or ImproperlyConfigured("The pages could not be served; the reason stands above.")

    def stop(self, timeout: float) -> None:
        """Take nothing new, end live streams, finish what is being answered."""
        from comity.events import live
        from comity.events.openings import openings

        live.hub.stop()
        if self._server:
            self._server.should_exit = True
        self._thread.join(timeout)
        openings.stop()  # also where an answer took too long for an orderly end

    def is_alive(self) -> bool:
        """Is it still serving?"""
        return self._thread.is_alive()

    def _run(self) -> None:
        config = uvicorn.Config(
            "comity.asgi:application",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # asgi.py decides whom to believe
            ws="none",
            timeout_keep_alive=30,
            timeout_graceful_shutdown=STREAMS_END,
        )
        self._server = uvicorn.Server(config)
        try:
            asyncio.run(self._server.serve(sockets=[self._socket]))
        except BaseException as failure:
            self._failure = failure


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything else is done, so that a port in use is said at once."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", "") or str(error)
        raise ImproperlyConfigured(
            f"Pages can't be served on {host}, port {port}: {reason}. "
            f"Stop what uses it, or choose another, as in: comity up --port {port + 1 if port < 65535 else 8400}"
        ) from None
    listener.setblocking(False)
    return listener
