"""The kinds of channel that this house knows. Each connector registers itself from its `connector.py`."""

from comity.core.registry import Registry

from .contract import ConnectorKind

kinds: Registry[ConnectorKind] = Registry("channels")


def register(kind: ConnectorKind) -> None:
    """Make a kind of channel known."""
    kinds.add(kind.kind, kind)
