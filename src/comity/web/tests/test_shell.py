"""The frame of every page: where people land, how it looks for them, what the palette finds."""

import re

import pytest
from django.core.cache import cache
from django.template import Context, Template
from django.test import Client
from django.urls import NoReverseMatch

from comity.accounts.actions.organisation import set_flag
from comity.accounts.models import Agent
from comity.accounts.tests.make import a_brand, an_agent, an_organisation
from comity.events.testing import forget, recorded

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _organisation() -> None:
    cache.clear()
    an_organisation()


def signed_in(client: Client, **values: object) -> Agent:
    agent = an_agent(**values)  # type: ignore[arg-type]
    client.force_login(agent)
    return agent


def test_home_leads_to_a_place_that_the_person_may_see(client: Client) -> None:
    signed_in(client, role="agent")

    answer = client.get("/", follow=True)

    assert answer.status_code == 200
    assert answer.redirect_chain


def test_home_leads_strangers_to_the_door(client: Client) -> None:
    assert client.get("/")["Location"].startswith("/account/sign-in")


def test_the_settings_menu_shows_what_the_role_allows(client: Client) -> None:
    signed_in(client, role="administrator")
    assert "Parked work" in client.get("/settings", follow=True).content.decode()

    signed_in(client, role="agent")
    assert "Parked work" not in client.get("/settings", follow=True).content.decode()


def test_every_part_of_the_frame_is_there(client: Client) -> None:
    signed_in(client, role="administrator", name="Ada Byron")

    page = client.get("/settings/parked").content.decode()

    assert '<html lang="en" dir="ltr">' in page
    assert 'id="toasts"' in page
    assert re.search(r'<cm-live src="/live" after="\d+">', page)
    assert 'class="skip" href="#main"' in page
    assert "&quot;X-CSRFToken&quot;" in page or '"X-CSRFToken"' in page
    assert page.count('aria-current="page"') >= 1
    assert "style=" not in re.sub(r"<title>.*?</title>", "", page)


def test_theme_and_language_stand_on_the_page(client: Client) -> None:
    signed_in(client, role="administrator", theme="dark", language="ar")

    page = client.get("/settings/parked").content.decode()

    assert '<html lang="ar" dir="rtl" data-theme="dark">' in page


def test_the_theme_is_kept_for_the_person(client: Client) -> None:
    agent = signed_in(client)

    assert client.post("/me/theme", {"theme": "dark"}, headers={"HX-Request": "true"}).status_code == 204
    agent.refresh_from_db()
    assert agent.theme == "dark"
    assert client.post("/me/theme", {"theme": "purple"}).status_code == 404
    assert client.post("/me/theme", {"theme": "", "next": "https://evil.example/"})["Location"] == "/"


def test_single_keys_can_be_switched_off(client: Client) -> None:
    agent = signed_in(client, role="administrator")
    assert " data-keys" in client.get("/settings/parked").content.decode()

    client.post("/me/keys", {"keys": "", "next": "/settings/parked"})

    agent.refresh_from_db()
    assert not agent.keys_enabled
    assert " data-keys>" not in client.get("/settings/parked").content.decode()
    client.post("/me/keys", {"keys": "on"})
    agent.refresh_from_db()
    assert agent.keys_enabled


def test_strangers_choose_their_language(client: Client) -> None:
    answer = client.post("/language", {"language": "ar", "next": "/account/sign-in"})

    assert answer["Location"] == "/account/sign-in"
    assert 'lang="ar" dir="rtl"' in client.get("/account/sign-in").content.decode()
    assert client.post("/language", {"language": "xx"}).status_code == 404


def test_a_brand_is_one_colour_in_a_style_sheet(client: Client) -> None:
    brand = a_brand(colour="#ff6d00")

    answer = client.get(f"/brand/{brand.pk}.css")

    assert answer.content.decode() == ":root { --brand: #ff6d00; }\n"
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert "public" in answer["Cache-Control"]
    assert f"/brand/{brand.pk}.css?c=ff6d00" in client.get("/account/sign-in").content.decode()


def test_the_words_of_browser_code_come_as_a_script(client: Client) -> None:
    answer = client.get("/words/de.js")

    assert answer["Content-Type"].startswith("text/javascript")
    assert "django.gettext" in answer.content.decode()
    assert client.get("/words/xx.js").status_code == 404


def test_the_palette_finds_places_by_the_beginnings_of_words(client: Client) -> None:
    signed_in(client, role="administrator")

    assert "Parked work" in client.get("/find", {"q": "wor par"}).content.decode()
    assert "Parked work" not in client.get("/find", {"q": "arked"}).content.decode()
    assert "Nothing found for “&lt;x&gt;”" in client.get("/find", {"q": "<x>"}).content.decode()


def test_the_palette_refuses_a_command_that_nobody_knows(client: Client) -> None:
    signed_in(client)
    client.get("/bell")  # being there is an event of its own
    forget()

    answer = client.post("/do/web.nothing", {"subject": "conversation:1"}, headers={"HX-Request": "true"})

    assert answer.status_code == 404
    assert "There is no command named" in answer.content.decode()
    assert recorded() == []


def test_the_bell_says_how_many_are_unread(client: Client) -> None:
    signed_in(client)

    page = client.get("/bell").content.decode()

    assert 'aria-label="Notices"' in page
    assert 'class="pip"' not in page


def test_addresses_in_templates_are_those_of_the_names() -> None:
    def drawn(words: str, **values: object) -> str:
        return Template(words).render(Context(values))

    for number in (7, "7", 8):
        assert drawn("{% url 'conversation' n %}", n=number) == f"/conversations/{number}"
    assert drawn("{% url 'watching' conversation_id=7 %}") == "/conversations/7/watching"
    assert drawn("{% url 'nowhere' as to %}{{ to|default:'none' }}") == "none"
    assert drawn("{% url 'inbox' as to %}{{ to }}?a&amp;b") == "/inbox?a&amp;b"
    for _again in range(2):
        with pytest.raises(NoReverseMatch):
            drawn("{% url 'conversation' n %}", n=True)


def test_tags_draw_without_style_attributes() -> None:
    drawn = Template(
        '{% avatar name="Élodie Marchetti-Vance" %}{% avatar %}{% channel "email" %}'
        '{% icon "mail" "i-lg" label="Mail" %}{{ 123456|filesize }}'
    ).render(Context())

    assert ">ÉM</span>" in drawn
    assert re.search(r'class="av h\d+"', drawn)
    assert 'aria-label="Nobody"' in drawn
    assert 'data-ch="email"' in drawn
    assert 'role="img" aria-label="Mail"' in drawn
    assert "style" not in drawn


def test_the_roomier_layout_is_there_for_those_who_try_it_out(client: Client) -> None:
    agent = an_agent(role="administrator")
    client.force_login(agent)
    assert 'data-density="roomy"' not in client.get("/settings/me").content.decode()

    set_flag(name="roomy", percentage=100, team_ids=[], by=agent.actor)
    assert 'data-density="roomy"' in client.get("/settings/me").content.decode()
