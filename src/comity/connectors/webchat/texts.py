"""The languages of the widget, and which way each is written. Its words are in static/webchat/texts."""

LANGUAGES = ("en", "de", "fr", "es", "ar", "ja")
RIGHT_TO_LEFT = ("ar",)


def direction(language: str) -> str:
    """Return "rtl" or "ltr"."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def best(wanted: str) -> str:
    """Return the language of the widget that fits what a browser names, such as pt-BR; English where none does."""
    short = wanted.strip().lower().replace("_", "-").partition("-")[0]
    return short if short in LANGUAGES else "en"
