"""That the agents have read what a customer wrote, as a port for channels that show it to the customer."""

from collections.abc import Callable

from comity.core.ports import Port

# Told (conversation, up to which message) when an agent reads further on a channel with marks of reading.
READ: Port[Callable[[int, int], None]] = Port("read by agents")
