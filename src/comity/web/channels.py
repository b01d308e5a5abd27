"""The glyph and the name of each kind of channel, for every list that shows one."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

CHANNEL_ICONS = {
    "email": "mail",
    "chat": "messages-square",
    "webchat": "messages-square",
    "whatsapp": "whatsapp",
    "voice": "phone",
    "social": "at-sign",
    "sms": "message-square-text",
    "video": "video",
    "form": "clipboard-list",
    "api": "plug",
    "device": "cpu",
    "note": "sticky-note",
}
_LABELS = {
    "email": _("E-mail"),
    "chat": _("Live chat"),
    "webchat": _("Live chat"),
    "whatsapp": _("WhatsApp"),
    "voice": _("Phone"),
    "social": _("Social"),
    "sms": _("SMS"),
    "video": _("Video"),
    "form": _("Web form"),
    "api": _("API"),
    "device": _("Device"),
    "note": _("Note"),
}


def channel_label(kind: str) -> str:
    """Return what people call a kind of channel."""
    return str(_LABELS[kind]) if kind in _LABELS else gettext("Message")
