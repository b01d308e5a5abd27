"""A mail's HTML in its frame: what it may, what it may not, and where its pictures come from."""

import pytest
from django.test import Client

from comity.accounts.tests.make import an_agent
from comity.conversations import images
from comity.conversations.models import Message
from comity.conversations.tests.make import a_conversation
from comity.core.html import fold_quotes, sanitise_mail
from comity.files.tests.make import PNG, a_reference

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(an_agent(role="administrator"))
    return client


def a_mail(html: str) -> Message:
    conversation = a_conversation(html=fold_quotes(sanitise_mail(html)), text="words")
    return conversation.messages.get()


def frame_of(client: Client, message: Message, query: str = "") -> str:
    return client.get(f"/messages/{message.pk}/frame{query}").content.decode()


def test_the_frame_has_a_policy_of_its_own(desk: Client) -> None:
    message = a_mail("<p>Hello</p>")

    answer = desk.get(f"/messages/{message.pk}/frame")

    policy = answer["Content-Security-Policy"]
    assert policy.startswith("sandbox ") and "allow-scripts" not in policy and "allow-forms" not in policy
    assert "default-src 'none'" in policy and "img-src 'self'" in policy
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "Hello" in answer.content.decode()


def test_inline_pictures_come_from_the_file_store(desk: Client) -> None:
    message = a_mail('<p>Look: <img src="cid:plate@x" alt="plate"></p>')
    a_reference(PNG, "plate.png", message.stream, content_id="plate@x", is_inline=True)

    page = frame_of(desk, message)

    assert '<img src="/files/' in page and "cid:" not in page
    assert desk.get(page.split('src="')[1].split('"')[0]).status_code == 200
    thread = desk.get(f"/conversations/{message.conversation_id}").content.decode()
    assert "plate.png" not in thread, "what stands in the text is no attachment as well"


def test_remote_pictures_wait_until_they_are_asked_for(desk: Client) -> None:
    message = a_mail('<p>Hi <img src="https://tracker.example/a.png?u=7" width="100" height="40"></p>')

    assert " src=" not in frame_of(desk, message).split("<body")[1]
    asked = frame_of(desk, message, "?pictures=1")
    assert 'src="/images/' in asked and "tracker.example" not in asked.split('src="/images/')[1].split('"')[0]


def test_quotes_stay_folded_in_the_frame(desk: Client) -> None:
    message = a_mail(
        "<p>Yes.</p><div class='gmail_quote'><div class='gmail_attr'>On Mon, 1 Mar 2027 at 10:00, Anna "
        "&lt;anna@example.org&gt; wrote:<br></div><blockquote class='gmail_quote'><p>Shall we?</p></blockquote></div>"
    )

    page = frame_of(desk, message)

    assert '<details class="quote">' in page and "Shall we?" in page


def test_coloured_mails_stand_on_white_paper_and_others_on_ours(desk: Client) -> None:
    assert 'class="plain"' in frame_of(desk, a_mail("<p>Just words</p>"))
    assert 'class="coloured"' in frame_of(desk, a_mail('<p style="color:#333">Grey words</p>'))


def test_the_proxy_serves_only_what_we_signed_and_never_our_own_network(desk: Client) -> None:
    ours = images.address_of("http://127.0.0.1:1/secret.png")

    assert desk.get(ours).status_code == 404
    assert desk.get("/images/abc.aHR0cHM6Ly9ldmlsLmV4YW1wbGU").status_code == 404
    assert images.url_in(ours.rpartition("/")[2]) == "http://127.0.0.1:1/secret.png"
    with pytest.raises(images.Forged):
        images.url_in("x" + ours.rpartition("/")[2])


def test_strangers_get_neither_frames_nor_pictures(client: Client) -> None:
    message = a_mail("<p>Hello</p>")

    assert client.get(f"/messages/{message.pk}/frame").status_code == 302
    assert client.get(images.address_of("https://example.org/a.png")).status_code == 302
