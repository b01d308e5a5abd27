"""What is shown in place of each picture, decided when the page is made."""

import re
from collections.abc import Callable
from html import escape, unescape

# Our own output: text holds no bare "<", so that the first one always begins a tag, and values are always quoted.
_TAG = re.compile(r"<(/?[a-z][a-z0-9]*)((?:\s+[a-z-]+(?:=(?:\"[^\"]*\"|'[^']*'))?)*)\s*/?>")
_ATTRIBUTE = re.compile(r"([a-z-]+)=(?:\"([^\"]*)\"|'([^']*)')")


def with_images(
    markup: str, cid_url: Callable[[str], str | None], remote_url: Callable[[str], str] | None = None
) -> str:
    """Point inline pictures at their files, and remote ones at the proxy when the reader asked for them.

    Takes what `sanitise_mail` or `sanitise_rich` gave. A picture without an address keeps its alternative text only.
    """
    if "<img" not in markup:
        return markup

    def replace(found: re.Match[str]) -> str:
        if found[1] != "img":
            return found[0]
        return _img(_attributes(found[2]), cid_url, remote_url)

    return _TAG.sub(replace, markup)


def _img(
    attributes: dict[str, str], cid_url: Callable[[str], str | None], remote_url: Callable[[str], str] | None
) -> str:
    source = attributes.get("src", "")
    if source.lower().startswith("cid:"):
        if address := cid_url(source[4:]):
            attributes["src"] = address
        else:
            attributes.pop("src")
    remote = attributes.get("data-remote-src")
    if remote and remote_url:
        attributes.pop("data-remote-src")
        attributes["src"] = remote_url(remote)
    return "<img" + "".join(f' {name}="{escape(value)}"' for name, value in attributes.items()) + ">"


def _attributes(text: str) -> dict[str, str]:
    return {name: unescape(double or single) for name, double, single in _ATTRIBUTE.findall(text)}
