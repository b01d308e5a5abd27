"""What people write with, in Chromium: the editor, chips, uploads and the draft that saves itself."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.pace import slowness

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]
FORM = """
<form id="written" method="post" action="/x/sent">
  <div class="field"><label for="to">To</label>
    <cm-chips kind="email"><input id="to" name="to" value="anna@example.org"></cm-chips></div>
  <cm-editor upload-url="/x/files" mentions-url="/x/people"><textarea name="body" aria-label="Reply" placeholder="Write"
    ></textarea></cm-editor>
  <cm-upload upload-url="/x/files" max-bytes="1000"><input type="file" multiple><div class="files"></div></cm-upload>
  <input type="hidden" name="version" value="1">
  <cm-autosave url="/x/draft"><span data-saved></span></cm-autosave>
</form>
"""
PICTURE = "not quite a picture"


class Desk:
    """A page with a form for writing, and what its server was sent."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.drafts: list[str] = []
        page.route("**/x/**", self.answer)
        page.goto("/settings/people")
        page.evaluate("(form) => htmx.swap('.sec', form, {swapStyle: 'beforeend'})", FORM)
        page.wait_for_selector(".ProseMirror")
        for name in ("cm-autosave", "cm-chips", "cm-upload"):
            page.wait_for_selector(f"{name}:defined", state="attached")

    def answer(self, route: Route) -> None:
        url, sent = route.request.url, route.request.post_data_buffer or b""
        body: Any
        if "/x/people" in url:
            body = [{"id": 1, "label": "Maya Lindqvist", "hint": "Billing"}, {"id": 2, "label": "Mark"}]
        elif "/x/draft" in url:
            self.drafts.append(sent.decode(errors="replace"))
            body = {"version": len(self.drafts) + 1}
        elif b'name="inline"' in sent:
            body = {"url": "/static-picture.png", "id": 7}
        else:
            chip = '<span class="att">kept <button type="button" data-remove>x</button></span>'
            route.fulfill(status=200, content_type="text/html", body=chip)
            return
        route.fulfill(status=200, content_type="application/json", body=json.dumps(body))

    @property
    def html(self) -> str:
        return str(self.page.locator("textarea[name=body]").evaluate("(area) => area.value"))

    def text(self) -> Any:
        return self.page.locator(".ProseMirror")

    def paste(self, html: str = "", *, file: str = "") -> None:
        """Paste HTML, or a file of some type, as a browser does."""
        self.text().click()
        self.page.evaluate(
            """([html, type, picture]) => {
            const data = new DataTransfer();
            if (html) { data.setData("text/html", html); data.setData("text/plain", "plain"); }
            if (type) data.items.add(new File([picture], "shot.png", {type}));
            const pasted = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
            document.querySelector(".ProseMirror").dispatchEvent(pasted);
            }""",
            [html, file, PICTURE],
        )


@pytest.fixture
def desk(open_page: OpenPage) -> Desk:
    return Desk(open_page())


def test_the_textarea_holds_what_is_written(desk: Desk) -> None:
    desk.text().click()
    desk.page.keyboard.type("Dear Anna,")
    desk.page.keyboard.press("Control+b")
    desk.page.keyboard.type("thank you")

    assert desk.html == "<p>Dear Anna,<strong>thank you</strong></p>"
    expect(desk.page.get_by_role("button", name="Bold")).to_have_attribute("aria-pressed", "true")


def test_the_toolbar_works_by_keyboard_and_shift_tab_leaves(desk: Desk) -> None:
    desk.text().click()
    desk.page.keyboard.type("one")
    desk.page.get_by_role("button", name="List", exact=True).click()
    assert "<ul>" in desk.html

    desk.page.keyboard.press("Shift+Tab")
    expect(desk.page.get_by_role("button", name="Bold")).to_be_focused()
    desk.page.keyboard.press("ArrowRight")
    expect(desk.page.get_by_role("button", name="Italic")).to_be_focused()


def test_pasted_styles_are_gone_and_tables_stay(desk: Desk) -> None:
    desk.paste(
        '<p style="color:red" class="Mso">Hello <b>you</b></p>'
        '<table><tr><td style="width:9px">1</td><td>2</td></tr></table>'
    )

    assert "style" not in desk.html
    assert "Mso" not in desk.html
    assert "<strong>you</strong>" in desk.html
    assert "<td" in desk.html


def test_a_pasted_picture_is_sent_and_stands_in_its_place(desk: Desk) -> None:
    desk.paste(file="image/png")

    expect(desk.page.locator(".ProseMirror img[data-file='7']")).to_have_attribute("src", "/static-picture.png")
    assert "blob:" not in desk.html


def test_other_pasted_files_become_attachments(desk: Desk) -> None:
    desk.paste(file="application/pdf")

    expect(desk.page.locator(".files .att")).to_have_text("kept x")
    desk.page.locator(".files [data-remove]").click()
    expect(desk.page.locator(".files .att")).to_have_count(0)


def test_a_file_that_is_too_large_says_so(desk: Desk) -> None:
    desk.page.set_input_files(
        "cm-upload input[type=file]", {"name": "a.txt", "mimeType": "text/plain", "buffer": b"x" * 2000}
    )

    expect(desk.page.locator(".att.bad")).to_contain_text("Larger than 1 kB.")


def test_an_at_sign_asks_for_people(desk: Desk) -> None:
    desk.text().click()
    desk.page.keyboard.type("Ask @ma")
    desk.page.get_by_role("option", name="Maya").wait_for()
    desk.page.keyboard.press("Enter")

    assert 'data-id="1"' in desk.html
    assert "@Maya Lindqvist" in desk.html


def test_links_are_made_without_a_dangerous_scheme(desk: Desk) -> None:
    desk.text().click()
    desk.page.keyboard.type("here")
    desk.page.keyboard.press("Control+a")
    desk.page.get_by_role("button", name="Link").click()
    desk.page.get_by_label("Address of the link").fill("example.org/x")
    desk.page.keyboard.press("Enter")

    assert '<a href="https://example.org/x">here</a>' in desk.html


def test_addresses_become_chips_and_a_wrong_one_holds_the_form(desk: Desk) -> None:
    field = desk.page.locator("cm-chips input:not([type=hidden])")
    value = desk.page.locator("cm-chips input[type=hidden]")
    field.click()
    desk.page.keyboard.type("b@example.org, wrong@")
    desk.page.keyboard.press("Enter")

    expect(value).to_have_value("anna@example.org, b@example.org, wrong@")
    assert desk.page.evaluate("document.querySelector('#written').checkValidity()") is False
    field.press("Backspace")
    desk.page.keyboard.press("Backspace")
    expect(value).to_have_value("anna@example.org, b@example.org")
    assert desk.page.evaluate("document.querySelector('#written').checkValidity()") is True


def test_the_draft_saves_itself_within_two_seconds_of_typing(desk: Desk) -> None:
    desk.text().click()
    with desk.page.expect_request("**/x/draft", timeout=2_000 * slowness()):
        desk.page.keyboard.type("Never lost")

    expect(desk.page.locator("[data-saved]")).to_have_text("Saved")
    assert "Never lost" in desk.drafts[-1]
    expect(desk.page.locator("input[name=version]")).to_have_value(str(len(desk.drafts) + 1))
