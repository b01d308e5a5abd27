"""Live streams by their address: ASGI applications that stand beside Django, since a stream must cost no thread."""

from .entry import Application
from .registry import Registry

streams: Registry[Application] = Registry("live streams")
