"""The settings of a chat inbox."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from comity.accounts.options import option, options_group

END, START = "end", "start"
BUBBLE, QUESTION, HAND = "bubble", "question", "hand"


@options_group(
    "webchat",
    label=_("Live chat"),
    help=_("How the chat looks on your site, where it appears, and who its visitors are."),
    levels=("inbox",),
    permission="settings.manage",
)
@dataclass(frozen=True, kw_only=True)
class WebchatOptions:
    """How the chat looks on a site, where it appears, and who its visitors are. Its colour is the brand's."""

    icon: str = option(
        BUBBLE,
        label=_("Picture of the button"),
        choices={BUBBLE: _("Speech bubble"), QUESTION: _("Question mark"), HAND: _("Waving hand")},
    )
    label: str = option("", label=_("Words on the button"), help=_("Such as “Chat with us”. Empty: the picture alone."))
    side: str = option(
        END,
        label=_("Corner of the page"),
        help=_("Where a language is written from right to left, the corners change places."),
        choices={END: _("At the end of the line"), START: _("At the beginning of the line")},
    )
    bottom: int = option(20, label=_("Distance from the bottom, in pixels"), min=0, max=400)
    side_gap: int = option(20, label=_("Distance from the side, in pixels"), min=0, max=400)
    greeting: str = option(
        "",
        label=_("Greeting"),
        help=_("Empty: a greeting by the time of day, in the visitor’s language."),
        multiline=True,
    )
    pages: list[str] = option(
        [],
        label=_("Pages that show the chat"),
        help=_("One a line, such as /shop/* or https://example.org/help. Empty: every page."),
    )
    not_pages: list[str] = option(
        [], label=_("Pages that do not show it"), help=_("One a line, such as /checkout/*. These take precedence.")
    )
    after_seconds: int = option(0, label=_("Seconds before it appears"), min=0, max=3600)
    only_in_hours: bool = option(False, label=_("Show it during business hours only"))
    sites: list[str] = option(
        [],
        label=_("Sites that may carry the chat"),
        help=_("One a line, such as shop.example.org or *.example.org. Empty: any site."),
    )
    attachments: bool = option(True, label=_("Visitors may send pictures and files"))
    page_shown: bool = option(True, label=_("Note which page a visitor is on"))
    referrer_shown: bool = option(True, label=_("Note which page led them to your site"))
    device_shown: bool = option(True, label=_("Note their browser, language and time zone"))
    mail_inbox: str = option(
        "",
        label=_("E-mail inbox for going on by mail"),
        help=_("The address of one of your e-mail inboxes. Empty: answers wait in the chat."),
    )
    mail_after: timedelta = option(
        timedelta(minutes=10),
        label=_("Go on by mail when the visitor has been away for"),
        when="mail_inbox",
        min=60,
        max=7 * 24 * 3600,
    )
    identify_secret: str = option(
        "",
        label=_("Key by which your site signs who its visitors are"),
        help=_("Made by itself. Only your site’s server may know it, never a page."),
        secret=True,
    )
