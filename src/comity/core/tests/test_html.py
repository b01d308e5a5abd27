# ruff: noqa: E501  (mails keep their lines)
"""HTML from outside loses what acts, loads or tracks, and keeps its words and looks."""

import re
import time
from pathlib import Path

import pytest
from lxml import html as lxml_html

from comity.core.html import fold_quotes, sanitise_mail, sanitise_rich, to_text, with_images, without_quotes

PAYLOADS = (Path(__file__).parent / "payloads" / "xss_payloads.txt").read_text(errors="replace").splitlines()
ACTIVE_TAGS = {
    "script", "style", "iframe", "object", "embed", "form", "input", "button", "svg", "math", "link", "meta", "base",
    "video", "audio", "source", "applet", "frame", "textarea", "select", "template", "noscript", "marquee",
}  # fmt: skip


def assert_nothing_acts(markup: str) -> None:
    for element in lxml_html.fragment_fromstring(markup, create_parent="div").iter():
        assert element.tag not in ACTIVE_TAGS, markup
        for name, value in element.attrib.items():
            assert not name.startswith("on"), markup
            assert name not in ("srcdoc", "background", "action", "formaction", "srcset", "poster"), markup
            if name in ("href", "src"):
                assert re.match(r"(https?:|mailto:|tel:|cid:|/files/)", value, re.IGNORECASE), markup
            if name == "style":
                assert not re.search(r"url|expression|position|\\|@import|javascript", value, re.IGNORECASE), markup


@pytest.mark.parametrize("clean", [sanitise_mail, sanitise_rich])
def test_no_known_attack_survives(clean) -> None:
    for payload in PAYLOADS:
        for markup in (
            payload,
            f"<div>{payload}</div>",
            f'<img src="cid:a" alt="{payload}">',
            f"<p style='{payload}'>x",
        ):
            assert_nothing_acts(clean(markup))
            assert_nothing_acts(with_images(clean(markup), lambda cid: f"/files/{len(cid)}"))
    assert_nothing_acts(fold_quotes(sanitise_mail("\n".join(PAYLOADS))))


def test_safe_styles_stay_and_others_go() -> None:
    clean = sanitise_mail(
        '<p style="color: red; position:fixed; background:#fff url(http://x/t.gif); margin:-50px; u\\72l:x">a</p>'
    )
    assert clean == '<p style="color:red">a</p>'


def test_style_blocks_are_written_into_the_elements() -> None:
    clean = sanitise_mail(
        "<style>p.Mso{margin:0cm; color:#123}\n@import url(http://x);@media print{p{color:red}} *{top:0}</style>"
        '<p class="Mso" style="color:blue">a</p>'
    )
    assert clean == '<p style="margin:0cm;color:#123;color:blue">a</p>'


def test_inline_pictures_keep_their_cid_and_remote_ones_wait() -> None:
    clean = sanitise_mail(
        '<img src="cid:logo@x" alt="Logo"><img src="https://shop.example/a.png?x=1&amp;y=2" width="80">'
    )

    assert clean == (
        '<img src="cid:logo@x" alt="Logo"><img width="80" data-remote-src="https://shop.example/a.png?x=1&amp;y=2">'
    )
    shown = with_images(clean, {"logo@x": "/files/1"}.get, lambda url: "/proxy/" + url)
    assert (
        shown == '<img src="/files/1" alt="Logo"><img width="80" src="/proxy/https://shop.example/a.png?x=1&amp;y=2">'
    )
    assert 'src="/files' not in with_images(clean, lambda cid: None)
    assert 'src="https' not in re.sub("data-remote-src", "", with_images(clean, lambda cid: None))


def test_pictures_that_count_readers_and_remote_backgrounds_go() -> None:
    clean = sanitise_mail(
        '<table background="http://t/b.png"><tr><td style="background-image:url(http://t/c)">x'
        '<img src="http://t/o.gif" width="1" height="1"><img src="http://t/p.gif" style="display: none"></td></tr></table>'
    )
    assert "http" not in clean
    assert "x" in clean


def test_links_open_apart_and_only_where_a_mail_may_link_to() -> None:
    clean = sanitise_mail(
        '<a href="https://x.example/">a</a><a href="javascript:alert(1)">b</a><a href="data:x,y">c</a>'
    )
    assert 'href="https://x.example/" target="_blank" rel="noopener noreferrer"' in clean
    assert clean.count("href") == 1


def test_the_senders_own_marks_are_not_taken_for_ours() -> None:
    clean = sanitise_mail(
        '<details class="quote"><summary>x</summary>hidden</details><img data-remote-src="http://evil/">'
    )
    assert clean == "xhidden<img>"


@pytest.mark.parametrize(
    "hostile",
    [
        "<div>" * 100_000 + "deep down",
        "<b><a>" * 50_000 + "deep down",
        "<" * 500_000 + " deep down",
        "<p style='" + "a:b;" * 200_000 + "'>deep down</p>",
        "<style>" + "a.b{color:red}" * 50_000 + "</style><p class=b>deep down</p>" * 100,
        "x" * 5_000_000 + "deep down",
        "<table><tr><td>" * 3_000 + "deep down",
        "<!--" * 100_000 + "--><p>deep down",
        "<script>" * 50_000 + "</script>deep down",
    ],
    ids=["deep", "formatting", "brackets", "style", "sheet", "long", "tables", "comments", "scripts"],
)
def test_hostile_html_is_bounded_and_keeps_its_words(hostile: str) -> None:
    began = time.thread_time()
    clean = fold_quotes(sanitise_mail(hostile))
    text = to_text(hostile)
    assert time.thread_time() - began < 6
    assert "deep down" in clean
    assert "deep down" in text


def test_a_long_thread_keeps_every_level() -> None:
    nested = "".join(f"<blockquote type=cite><div><p>level {n}</p>" for n in range(120)) + "</div></blockquote>" * 120
    clean = fold_quotes(sanitise_mail("<p>new</p>" + nested))
    assert "level 119" in clean
    assert clean.count("<details") == 1
    assert "level 119" in to_text(clean)


def test_our_editor_keeps_tables_code_mentions_and_own_pictures() -> None:
    markup = (
        '<h2>A</h2><table><tbody><tr><td colspan="2"><p>1</p></td></tr></tbody></table>'
        '<pre><code class="language-python">x = 1</code></pre>'
        '<p><span class="mention" data-type="mention" data-id="5" data-label="Maya">@Maya</span>'
        '<img src="/files/abc:def" alt="s"><img src="cid:p1"></p>'
    )
    assert sanitise_rich(markup) == markup
    assert sanitise_rich('<img src="https://x/y.png"><p style="color:red" class="z">a</p>') == "<img><p>a</p>"


def test_words_keep_tables_and_lines() -> None:
    assert to_text("<table><tr><td>a<td>b<tr><td>c<td>d</table><p>x<br>y<script>no</script>") == "a  b\nc  d\n\nx\ny"
    assert to_text("&lt;b&gt; &amp; caf&eacute;") == "<b> & café"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ('Shall I <a href="https://x.example/y">show you</a>?', "Shall I show you (https://x.example/y)?"),
        ('<a href="mailto:a@x.example">Write to us</a>', "Write to us (a@x.example)"),
        ('<a href="https://x.example/">x.example</a>', "x.example"),
        ('<a href="https://x.example/y?a=1&amp;b">https://x.example/y?a=1&amp;b</a>', "https://x.example/y?a=1&b"),
        ('<a href="https://x.example/y"><img src="cid:1"></a> <a>no</a>', "no"),
    ],
)
def test_a_link_says_in_words_where_it_leads(markup: str, text: str) -> None:
    assert to_text(markup, with_addresses=True) == text
    assert to_text("") == ""


GMAIL = (
    '<div dir="ltr">New words</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, 1 Jan 2024 at '
    '10:00, Bob &lt;<a href="mailto:b@x.y">b@x.y</a>&gt; wrote:<br></div><blockquote class="gmail_quote">old</blockquote></div>'
)
APPLE = (
    '<div>New words<br><div><br><blockquote type="cite"><div>On 3. Jan 2024, at 10:00, Bob &lt;b@x.y&gt; wrote:</div>'
    "<div>old</div></blockquote></div></div>"
)
YAHOO = (
    '<div>New words</div><div id="yahoo_quoted_123" class="yahoo_quoted"><div>On Monday, January 1, 2024, Bob wrote:</div>'
    "<div>old</div></div>"
)
YAHOO_ANDROID = (
    '<p>New words</p><p>Sent from Yahoo Mail on Android</p><blockquote style="margin: 0 0 20px 0;"><div>On Mon, Jan 1, 2024 '
    "at 10:00, Bob</div><div>&lt;b@x.y&gt; wrote:</div><div>old</div></blockquote>"
)
PROTON = (
    '<div>New words</div><div class="protonmail_quote">On Monday, January 1st, 2024 at 10:00, Bob &lt;b@x.y&gt; wrote:<br>'
    '<blockquote class="protonmail_quote" type="cite">old</blockquote></div>'
)
OUTLOOK = (
    '<div class=WordSection1><p class=MsoNormal>New words</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt">'
    "<p class=MsoNormal><b>Von:</b> Bob &lt;b@x.y&gt;<br><b>Gesendet:</b> Montag<br><b>An:</b> Ann<br><b>Betreff:</b> Hallo"
    "</p></div></div><p class=MsoNormal>old</p></div>"
)
OUTLOOK_WEB = (
    '<div>New words</div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg"><font><b>From:</b> Bob<br>'
    "<b>Sent:</b> Monday<br><b>To:</b> Ann<br><b>Subject:</b> x</font></div><div>old</div>"
)
THUNDERBIRD = (
    '<p>New words</p><div class="moz-cite-prefix">On 01/01/2024 10:00, Bob wrote:<br></div>'
    '<blockquote type="cite" cite="mid:a@b">old</blockquote>'
)


@pytest.mark.parametrize(
    "markup",
    [GMAIL, APPLE, YAHOO, YAHOO_ANDROID, PROTON, OUTLOOK, OUTLOOK_WEB, THUNDERBIRD],
    ids=["gmail", "apple", "yahoo", "yahoo-android", "proton", "outlook", "outlook-web", "thunderbird"],
)
def test_quoted_history_is_folded_and_kept(markup: str) -> None:
    folded = fold_quotes(sanitise_mail(markup))
    visible = to_text(without_quotes(folded))

    assert folded.count('<details class="quote"><summary>…</summary>') == 1
    assert "New words" in visible
    assert "old" not in visible
    assert "old" in folded


def test_answers_between_quoted_lines_stay_visible() -> None:
    folded = fold_quotes(
        sanitise_mail(
            '<div class="gmail_quote"><div class="gmail_attr">On Mon, 1 Jan 2024 at 10:00, Bob &lt;b@x.y&gt; wrote:</div>'
            '<blockquote class="gmail_quote">first question</blockquote><div>first answer</div>'
            '<blockquote class="gmail_quote">second question</blockquote><div>second answer</div>'
            '<blockquote class="gmail_quote">the rest</blockquote></div>'
        )
    )
    visible = to_text(without_quotes(folded))
    assert "first answer" in visible
    assert "second question" in visible
    assert "second answer" in visible
    assert "the rest" not in visible


def test_text_under_the_quote_stays_visible() -> None:
    folded = fold_quotes(
        sanitise_mail('<p>On 01/01/2024 10:00, Bob wrote:</p><blockquote type="cite">old</blockquote><p>New words</p>')
    )
    assert to_text(without_quotes(folded)) == "New words"


def test_a_blockquote_for_its_looks_and_a_forwarded_message_stay_open() -> None:
    looks = "<p>Our rule says:</p><blockquote>Always be kind.</blockquote><p>Do you agree?</p>"
    assert fold_quotes(sanitise_mail(looks)) == looks
    forwarded = (
        '<div>Please help her</div><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------'
        "<br>From: <b>Anna</b> &lt;anna@x.y&gt;<br>Date: Mon<br>Subject: Broken<br>To: me</div>My lamp is broken</div>"
    )
    assert "<details" not in fold_quotes(sanitise_mail(forwarded))
    only_quote = '<div class="gmail_quote"><blockquote class="gmail_quote">all there is</blockquote></div>'
    assert "<details" not in fold_quotes(sanitise_mail(only_quote))


@pytest.mark.parametrize(
    "markup",
    [
        "<p>Hello,</p>\n\n<p>your order is<br>on its   way.<br><br><br>\nUs</p>",
        '<p dir="rtl">a &amp; b &lt;c&gt;</p><p> </p><p>\u00a0&nbsp;d&nbsp;</p>',
        "<p></p>",
    ],
)
def test_plain_paragraphs_read_as_a_tree_of_them_does(markup: str) -> None:
    assert to_text(markup) == to_text(f"<div>{markup}</div>")
