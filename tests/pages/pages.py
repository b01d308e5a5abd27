"""Every page and every state of one: its name, its address, who looks, and what to do there first."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

Do = Callable[[Page], object]


@dataclass(frozen=True)
class Shown:
    """Something to look at. The address may name what house.json holds; `where` is the house: full, or fresh and empty.

    `do` brings the page into the state, `undo` takes back what that changed.
    """

    name: str
    address: str
    who: str = "tomasz"
    do: Do | None = None
    undo: Do | None = None
    where: str = "full"

    def path(self, ids: dict[str, Any]) -> str:
        """The address with the ids of this house."""
        return self.address.format(**ids)


def opens(selector: str) -> Do:
    """Open a menu that is fetched when its button is pressed, also where small pages hide the button."""

    def do(page: Page) -> None:
        menu = page.locator("#act-menu:popover-open")
        for _try in range(3):  # the header may just be drawn anew
            page.evaluate("(css) => document.querySelector(css).click()", selector)
            with contextlib.suppress(AssertionError):
                expect(menu).to_be_visible(timeout=2_000)
                return page.wait_for_timeout(80)  # until htmx knows what came
        return expect(menu).to_be_visible()

    return do


def asks(address: str) -> Do:
    """Open a dialog that is fetched from the menu of a conversation."""

    def do(page: Page) -> None:
        opens("#more")(page)
        page.evaluate("(part) => document.querySelector(`#act-menu [hx-get*='${part}']`).click()", address)
        expect(page.locator("dialog[open]")).to_be_visible()

    return do


def presses(*keys: str, shows: str) -> Do:
    """Press keys outside any field until something shows."""

    def do(page: Page) -> None:
        for key in keys:
            page.keyboard.press(key)
        expect(page.locator(shows).first).to_be_visible()

    return do


def clicks(selector: str, shows: str = "") -> Do:
    """Press a button, by hand or, where it is too small to be seen, by code."""

    def do(page: Page) -> None:
        page.evaluate("(css) => document.querySelector(css).click()", selector)
        if shows:
            expect(page.locator(shows).first).to_be_visible()

    return do


def palette(page: Page) -> None:
    """Search in the palette."""
    presses("Control+k", shows="#palette")(page)
    page.keyboard.type("ste")
    expect(page.locator("#palette-list [role=option]").first).to_be_visible()


def as_note(page: Page) -> None:
    """Turn the composer into a note."""
    page.locator("#composer [data-key=n]").click()
    expect(page.locator("#composer.as-note")).to_be_visible()


def mention(page: Page) -> None:
    """Begin to mention a colleague in a note."""
    as_note(page)
    page.locator("#composer [contenteditable]").click()
    page.keyboard.type("@ma")
    expect(page.locator(".mentions, [role=listbox]:visible").first).to_be_visible()


def send(page: Page) -> None:
    """Send a reply, so that it can be taken back."""
    page.locator("#composer [contenteditable]").click()
    page.keyboard.type("One moment, please.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts cm-undo")).to_be_visible()


def take_back(page: Page) -> None:
    """Take the reply back, and throw its draft away."""
    page.locator("#toasts cm-undo button").click()
    expect(page.locator("#composer [contenteditable]")).to_contain_text("One moment")
    empty(page)


def empty(page: Page) -> None:
    """Empty the composer, and wait until that is kept."""
    page.locator("#composer [contenteditable]").press("Control+a")
    page.keyboard.press("Backspace")
    expect(page.locator("#composer [contenteditable]")).to_have_text("")
    page.wait_for_timeout(1_200)


def write(page: Page) -> None:
    """Write into the composer without sending."""
    page.locator("#composer [contenteditable]").click()
    page.wait_for_timeout(100)


def pick(page: Page) -> None:
    """Select two conversations of the list."""
    boxes = "[...document.querySelectorAll('#rows [name=ids]')].slice(1, 3).forEach((box) => box.click())"
    page.evaluate(boxes)
    expect(page.locator("form.bulk")).to_be_visible()


def offline(page: Page) -> None:
    """Say that the connection is lost, as after five seconds without it."""
    page.evaluate("document.querySelector('cm-live').sayOffline()")
    expect(page.locator(".offline-bar")).to_be_visible()


def toasts(page: Page) -> None:
    """Ask for something that is no longer here, and change something."""
    page.evaluate("htmx.ajax('GET', '/contacts/99999/card', {swap: 'none'})")
    page.locator("#toasts .toast").first.wait_for()


def refuses(values: dict[str, str]) -> Do:
    """Send a form with mistakes."""

    def do(page: Page) -> None:
        for name, value in values.items():
            page.locator(f"main [name={name}]").first.fill(value)
        page.evaluate("document.querySelectorAll('main form').forEach((form) => (form.noValidate = true))")
        page.evaluate("document.querySelector('main form[method=post]').requestSubmit()")
        page.wait_for_load_state()
        expect(page.locator("[aria-invalid=true], .errors, .error, [role=alert]").first).to_be_visible()

    return do


def look(page: Page) -> None:
    """Look whether all is well, once, and wait until that is shown."""
    if not page.locator("#health .banner").count():
        page.locator("#main form button, main form button").first.click()
    expect(page.locator("#health:not([hx-get]) .banner").first).to_be_visible(timeout=60_000)


def makes_a_token(page: Page) -> None:
    """Make a token, whose secret is shown this once."""
    page.locator("main [name=name]").fill("Accounting")
    page.locator("main .form .btn-primary").click()
    expect(page.locator("#secret")).to_be_visible()


def asks_first(page: Page) -> None:
    """Press a button that asks before it deletes."""
    page.locator("main [data-confirm]").last.click()
    expect(page.locator("dialog[open]")).to_be_visible()


def finds_nothing(page: Page) -> None:
    """Search in the palette for what is nowhere."""
    presses("Control+k", shows="#palette")(page)
    page.keyboard.type("zebra")
    expect(page.locator("#palette-list .empty")).to_be_visible()


def spoil(page: Page) -> None:
    """Send a form of a page that is too old."""
    page.evaluate(
        "document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach((one) => (one.value = 'x'.repeat(64)))"
    )
    page.context.clear_cookies(name="comity_csrf")
    page.evaluate("document.querySelector('main form[method=post]').submit()")
    page.wait_for_load_state()


def two_steps(page: Page) -> None:
    """Sign in by password as somebody who has a second factor."""
    page.locator("[name=login]").fill("lena@larkmoor.example")
    page.locator("[name=password]").fill("four-wooden-ducks")
    page.locator("main form:has([name=password]) button").first.click()
    page.wait_for_url("**/two-factor/authenticate/**")


WORK = [
    Shown("inbox", "/inbox"),
    Shown("inbox, a view", "/inbox?view=mine"),
    Shown("inbox, everything settled", "/inbox?view=mine", who="noor"),
    Shown("inbox, nothing matches", "/inbox?view=mine&q=zebra&tag=steam"),
    Shown("inbox, a tag", "/inbox?view=open&tag=steam"),
    Shown("inbox, choose a view", "/inbox", do=clicks(".views-btn", "#view-menu:popover-open")),
    Shown("inbox, filter", "/inbox", do=opens("[data-menu*='inbox/tags']")),
    Shown("inbox, selected", "/inbox", do=pick),
    Shown("inbox, bin", "/inbox?view=bin"),
    Shown("inbox, offline", "/inbox", do=offline),
    Shown("palette", "/inbox", do=palette),
    Shown("palette, nothing found", "/inbox", do=finds_nothing),
    Shown("keys", "/conversations/{steam}", do=presses("?", shows="#keys")),
    Shown("my menu", "/inbox", do=clicks(".rail .me", "#me:popover-open")),
    Shown("conversation", "/conversations/{steam}"),
    Shown("conversation, writing", "/conversations/{steam}", do=write),
    Shown("conversation, customer", "/conversations/{steam}", do=clicks(".side-toggle")),
    Shown("conversation, note", "/conversations/{steam}", do=as_note),
    Shown("conversation, mention", "/conversations/{snoozed}", do=mention, undo=empty),
    Shown("conversation, sent", "/conversations/{linked}", do=send, undo=take_back),
    Shown(
        "conversation, more ways to send",
        "/conversations/{snoozed}",
        do=clicks("[popovertarget=send-menu]", "#send-menu:popover-open"),
    ),
    Shown(
        "conversation, sending at a moment",
        "/conversations/{snoozed}",
        do=clicks("#send-menu [hx-get]", "dialog[open]"),
    ),
    Shown(
        "conversation, forwarding",
        "/conversations/{linked}",
        do=presses("f", shows="#composer.as-forward .ed-text"),
        undo=clicks("#composer [hx-delete*='/draft/forward']", "#composer:not(.as-forward)"),
    ),
    Shown("conversation, third party", "/conversations/{others}"),
    Shown("conversation, passed on", "/conversations/{passed}"),
    Shown("conversation, letter with pictures", "/conversations/{quote}"),
    Shown("conversation, failed", "/conversations/{failed}"),
    Shown("conversation, unknown", "/conversations/{unknown}"),
    Shown("conversation, scheduled", "/conversations/{scheduled}"),
    Shown("conversation, snoozed", "/conversations/{snoozed}"),
    Shown("conversation, resolved", "/conversations/{resolved}"),
    Shown("conversation, spam", "/conversations/{spam}"),
    Shown("conversation, in the bin", "/conversations/{deleted}"),
    Shown("conversation, merged", "/conversations/{merged}"),
    Shown("conversation, linked", "/conversations/{linked}"),
    Shown("conversation, only reading", "/conversations/{steam}", who="wei"),
    Shown("menu: more", "/conversations/{steam}", do=opens("#more")),
    Shown("menu: status", "/conversations/{steam}", do=opens("cm-keys [data-key=s]")),
    Shown("menu: snooze", "/conversations/{steam}", do=opens("[data-key=h]")),
    Shown("menu: assign", "/conversations/{steam}", do=opens("[data-key=a]")),
    Shown("menu: priority", "/conversations/{steam}", do=opens("cm-keys [data-key=p]")),
    Shown("menu: tags", "/conversations/{steam}", do=opens("cm-keys [data-key=t]")),
    Shown("dialog: merge", "/conversations/{steam}", do=asks("/merge")),
    Shown("dialog: split", "/conversations/{steam}", do=asks("/split")),
    Shown("dialog: subject", "/conversations/{steam}", do=asks("/subject")),
    Shown("new conversation", "/conversations/new"),
    Shown("notices", "/notices"),
    Shown("notices, none", "/notices", who="wei"),
]
CUSTOMERS = [
    Shown("customers", "/contacts"),
    Shown("customers, none found", "/contacts?q=zebra"),
    Shown("customer", "/contacts/{contact}"),
    Shown("customer, a likely double", "/contacts/{rosalind}"),
    Shown("customer, change", "/contacts/{contact}/edit"),
    Shown("customer, new", "/contacts/new"),
    Shown("customer, refused", "/contacts/new", do=refuses({"name": " "})),
    Shown("customer, merge with whom", "/contacts/{contact}/merge"),
    Shown("customer, merge", "/contacts/{rosalind}/merge?with={twin}"),
    Shown("companies", "/contacts/companies"),
    Shown("company", "/contacts/companies/{company}"),
]
SETTINGS = [
    Shown("people", "/settings/people"),
    Shown("people, none found", "/settings/people?search=zebra"),
    Shown("invite", "/settings/people/invite"),
    Shown("invite, refused", "/settings/people/invite", do=refuses({"emails": "nobody"})),
    Shown("person", "/settings/people/{maya}"),
    Shown("person, deactivated", "/settings/people/{bea}"),
    Shown("teams", "/settings/teams"),
    Shown("team", "/settings/teams/{team}"),
    Shown("team, new", "/settings/teams/new"),
    Shown("skills", "/settings/skills"),
    Shown("skill", "/settings/skills/{skill}"),
    Shown("roles", "/settings/roles"),
    Shown("role", "/settings/roles/{role}"),
    Shown("role of ours", "/settings/roles/{builtin_role}"),
    Shown("role, new", "/settings/roles/new"),
    Shown("tokens", "/settings/tokens"),
    Shown("token, new", "/settings/tokens/new"),
    Shown("token, made", "/settings/tokens/new", do=makes_a_token),
    Shown("api", "/api/v1/docs"),
    Shown("organisation", "/settings/organisation"),
    Shown("brands", "/settings/brands"),
    Shown("brand", "/settings/brands/{brand}"),
    Shown("brand, new", "/settings/brands/new"),
    Shown("business hours", "/settings/hours"),
    Shown("business hours, one", "/settings/hours/{hours}"),
    Shown("business hours, new", "/settings/hours/new"),
    Shown("business hours, unreadable", "/settings/hours/new", do=refuses({"name": "Night", "day_1": "nine to five"})),
    Shown("flags", "/settings/flags"),
    Shown("sign-in policy", "/settings/sign-in"),
    Shown("system mail", "/settings/system-mail"),
    Shown("more settings", "/settings/options"),
    Shown("conversation settings", "/settings/options/conversations"),
    Shown("presence settings", "/settings/options/presence"),
    Shown("statuses", "/settings/statuses"),
    Shown("search index", "/settings/search"),
    Shown("attributes", "/settings/attributes"),
    Shown("attribute", "/settings/attributes/{attribute}"),
    Shown("inboxes", "/settings/inboxes"),
    Shown("inbox settings", "/settings/inboxes/{inbox}"),
    Shown("inbox settings, failing", "/settings/inboxes/{broken_inbox}"),
    Shown("inbox settings, arriving", "/settings/inboxes/{inbox}/options/arrivals"),
    Shown("inbox settings, new", "/settings/inboxes/new/email"),
    Shown("unreadable mail", "/settings/unreadable"),
    Shown("webhooks", "/settings/webhooks"),
    Shown("webhook", "/settings/webhooks/{webhook}"),
    Shown("webhook, asked before deleting", "/settings/webhooks/{webhook}", do=asks_first),
    Shown("webhook, gone", "/settings/webhooks/{gone_webhook}"),
    Shown("webhook, new", "/settings/webhooks/new"),
    Shown("webhook, refused", "/settings/webhooks/new", do=clicks("form[novalidate] .btn-primary", ".hint.error")),
    Shown("webhook deliveries", "/settings/webhooks/{webhook}/deliveries"),
    Shown("webhook delivery", "/settings/deliveries/{delivered}"),
    Shown("webhook delivery, failed", "/settings/deliveries/{undelivered}"),
    Shown("webhooks on the own network", "/settings/options/webhooks"),
    Shown("health", "/settings/health", do=look),
    Shown("log", "/settings/log"),
    Shown("log, narrowed down", "/settings/log?kind=team.created"),
    Shown("log, nothing found", "/settings/log?about=inbox:99999"),
    Shown("log, refused", "/settings/log?about=zebra"),
    Shown("log, why", "/settings/log/{event}"),
    Shown("log settings", "/settings/options/log"),
    Shown("parked work", "/settings/parked"),
    Shown("parked work, one", "/settings/parked/{run}"),
    Shown("job", "/jobs/{job}"),
    Shown("job, done", "/jobs/{done_job}"),
    Shown(
        "settings menu",
        "/settings/people",
        do=lambda page: page.evaluate("document.querySelector('.set-pick').open = true"),
    ),
]
MYSELF = [
    Shown("my profile", "/settings/me"),
    Shown("my notices", "/settings/options/notices/person/{admin}"),
    Shown("my sessions", "/account/sessions"),
    Shown("my password", "/account/password"),
    Shown("second factor, none", "/account/two-factor/"),
    Shown("second factor", "/account/two-factor/", who="lena"),
    Shown("authenticator app", "/account/two-factor/totp/activate/"),
    Shown("authenticator app, remove", "/account/two-factor/totp/deactivate/", who="lena"),
    Shown("recovery codes", "/account/two-factor/recovery-codes/", who="lena"),
    Shown("recovery codes, new", "/account/two-factor/recovery-codes/generate/", who="lena"),
    Shown("keys, list", "/account/two-factor/webauthn/", who="lena"),
    Shown("keys, add", "/account/two-factor/webauthn/add/"),
    Shown("sign out", "/account/sign-out"),
    Shown("confirm it is you", "/account/confirm"),
]
DOOR = [
    Shown("sign in", "/account/sign-in", who=""),
    Shown("sign in, refused", "/account/sign-in", who="", do=refuses({"login": "a@b.example", "password": "wrong"})),
    Shown("sign in, second factor", "/account/sign-in", who="", do=two_steps),
    Shown("sign in by link", "/account/link", who=""),
    Shown("sign in by link, one", "{sign_in_link}", who=""),
    Shown("new password", "/account/password/reset", who=""),
    Shown("new password, sent", "/account/password/reset/sent", who=""),
    Shown("new password, old link", "/account/password/reset/1-abc-def", who=""),
    Shown("new password, done", "/account/password/reset/done", who=""),
    Shown("register", "/account/sign-up", who=""),
    Shown("deactivated", "/account/deactivated", who=""),
    Shown("invitation", "{invitation}", who=""),
    Shown("invitation, expired", "{expired}", who=""),
    Shown("first run", "{first_link}", who=""),
    Shown("not here", "/nowhere", who=""),
]
WRONG = [
    Shown("not found", "/conversations/99999"),
    Shown("not allowed", "/settings/people", who="jonas"),
    Shown("refused", "/files/abc/name.png"),
    Shown("too old", "/account/sign-in", who="", do=spoil),
    Shown("broken", "/broken"),
    Shown("toast of a refusal", "/contacts", do=toasts),
]
FRESH = [
    Shown("fresh: inbox", "/inbox", where="fresh"),
    Shown("fresh: health", "/settings/health", where="fresh"),
    Shown("fresh: customers", "/contacts", where="fresh"),
    Shown("fresh: companies", "/contacts/companies", where="fresh"),
    Shown("fresh: people", "/settings/people", where="fresh"),
    Shown("fresh: teams", "/settings/teams", where="fresh"),
    Shown("fresh: skills", "/settings/skills", where="fresh"),
    Shown("fresh: tokens", "/settings/tokens", where="fresh"),
    Shown("fresh: attributes", "/settings/attributes", where="fresh"),
    Shown("fresh: inboxes", "/settings/inboxes", where="fresh"),
    Shown("fresh: webhooks", "/settings/webhooks", where="fresh"),
    Shown("fresh: log", "/settings/log", where="fresh"),
    Shown("fresh: parked work", "/settings/parked", where="fresh"),
    Shown("fresh: new conversation", "/conversations/new", where="fresh"),
]
PAGES = [*WORK, *CUSTOMERS, *SETTINGS, *MYSELF, *DOOR, *WRONG, *FRESH]
MAIN = ("inbox", "conversation", "new conversation", "customer", "people", "inbox settings", "role", "sign in")
