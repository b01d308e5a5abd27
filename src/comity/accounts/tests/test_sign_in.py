"""The ways in: password with lock-out, links that work once, second factors, the policy, quiet computers."""

import io
import re
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from comity.accounts.actions import links
from comity.accounts.actions import settings as setting_actions
from comity.accounts.models import Agent, SignInLink
from comity.accounts.options import ORGANISATION, groups
from comity.accounts.ports import viewer_of
from comity.accounts.tests.make import PASSWORD, SOMEBODY, an_agent, an_organisation
from comity.core import clock
from comity.events.testing import recorded

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _no_code_was_used() -> None:
    cache.clear()


def sign_in(client: Client, agent: Agent, password: str = PASSWORD):
    return client.post(reverse("account_login"), {"login": agent.email, "password": password})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def minutes_later(minutes: int) -> None:
    clock.shift(minutes * 60)


def code_now(secret: str = SECRET) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def policy(**values: object) -> None:
    setting_actions.save(group=groups["sign_in"], level=ORGANISATION, values=values, by=SOMEBODY)


def test_password_signs_in_whatever_the_letters_of_the_address(client: Client) -> None:
    agent = an_agent(email="maya@example.org", password=PASSWORD)

    answer = client.post(reverse("account_login"), {"login": "Maya@Example.org", "password": PASSWORD})

    assert answer["Location"] == "/"
    assert is_in(client)
    assert recorded() == ["agent.signed_in", "agent.went_online"]
    agent.refresh_from_db()
    assert agent.presence == "online"


def test_sign_in_goes_where_one_wanted_but_never_to_another_host(client: Client) -> None:
    agent = an_agent(password=PASSWORD)
    for wanted, expected in (("/settings/me", "/settings/me"), ("https://elsewhere.example/", "/")):
        answer = client.post(f"/account/sign-in?next={wanted}", {"login": agent.email, "password": PASSWORD})
        assert answer["Location"] == expected
        client.post(reverse("account_logout"))


def test_the_same_words_for_a_wrong_password_and_an_unknown_address(client: Client) -> None:
    agent = an_agent(password=PASSWORD)
    words = "This address and password don’t belong together."

    assert words in sign_in(client, agent, "something else").content.decode()
    other = client.post(reverse("account_login"), {"login": "nobody@example.org", "password": "x"})
    assert words in other.content.decode()


def test_the_door_is_locked_after_five_failures_and_opens_again_later(client: Client) -> None:
    agent = an_agent(password=PASSWORD)
    for _ in range(5):
        sign_in(client, agent, "wrong")
    assert recorded() == ["agent.sign_in_failed"] * 5

    assert "too many times. Wait 10 minutes" in sign_in(client, agent).content.decode()
    assert not is_in(client)
    minutes_later(4)
    assert "Wait 6 minutes" in sign_in(client, agent).content.decode()
    minutes_later(11)
    sign_in(client, agent)
    assert is_in(client)


def test_one_locked_address_does_not_lock_the_others(client: Client) -> None:
    victim, other = an_agent(password=PASSWORD), an_agent(password=PASSWORD)
    for _ in range(5):
        sign_in(client, victim, "wrong")

    sign_in(client, other)
    assert is_in(client)


def test_a_deactivated_person_stays_outside(client: Client) -> None:
    agent = an_agent(password=PASSWORD, is_active=False)

    sign_in(client, agent)
    client.post(links.sign_in_link(agent, by=SOMEBODY).partition("8400")[2])

    assert not is_in(client)


def test_signing_out_says_so_and_makes_offline(client: Client) -> None:
    agent = an_agent(password=PASSWORD)
    sign_in(client, agent)
    recorded()

    client.post(reverse("account_logout"))

    assert recorded() == ["agent.signed_out", "agent.went_offline"]
    assert not is_in(client)


def path(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def test_a_link_signs_in_once_and_only_when_the_button_is_pressed(client: Client) -> None:
    agent = an_agent()
    link = path(links.sign_in_link(agent, by=SOMEBODY))

    assert client.get(link).status_code == 200
    assert not is_in(client)
    client.post(link)
    assert is_in(client)

    another = Client()
    answer = another.post(link)
    assert answer.status_code == 410
    assert "used already" in answer.content.decode()
    assert not is_in(another)


def test_a_link_expires_and_a_changed_one_opens_nothing(client: Client) -> None:
    agent = an_agent()
    link = path(links.sign_in_link(agent, by=SOMEBODY))
    other = path(links.sign_in_link(an_agent(), by=SOMEBODY))

    swapped = link.rpartition("/")[0] + "/" + other.rpartition("/")[2]
    assert client.post(swapped).status_code == 404
    minutes_later(31)
    answer = client.post(link)
    assert answer.status_code == 410
    assert "expired" in answer.content.decode()
    assert not is_in(client)


def test_the_database_alone_does_not_hold_a_link() -> None:
    code = links.sign_in_link(an_agent(), by=SOMEBODY).rpartition("/")[2]
    row = SignInLink.objects.get()

    assert code not in str(vars(row))


def test_a_person_can_join_nowhere_without_an_invitation(client: Client) -> None:
    client.post(reverse("account_signup"), {"email": "new@example.org", "password1": PASSWORD})

    assert not Agent.objects.exists()


def with_app(agent: Agent) -> None:
    TOTP.activate(agent, SECRET)


def test_setting_up_the_app_draws_the_code_in_the_page_and_seals_its_secret(
    client: Client, django_capture_on_commit_callbacks: object
) -> None:
    an_organisation(name="Larkmoor")
    agent = an_agent(password=PASSWORD)
    sign_in(client, agent)

    asked = client.get(reverse("mfa_activate_totp"))["Location"]
    assert asked.startswith("/account/confirm")
    assert client.post(asked, {"password": "not mine"}).status_code == 200
    assert client.post(asked, {"password": PASSWORD})["Location"] == reverse("mfa_activate_totp")
    page = client.get(reverse("mfa_activate_totp"))
    text = page.content.decode()
    assert "<svg" in text
    assert "data:image" not in text
    assert " style=" not in text
    secret = re.search(r'id="secret" value="([A-Z2-7]+)"', text)[1]
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})

    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    assert secret not in str(Authenticator.objects.get(type="totp").data)
    assert "<code" in client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert "agent.security_changed" in recorded()


def test_with_an_app_the_password_alone_is_not_enough(client: Client) -> None:
    agent = an_agent(password=PASSWORD)
    with_app(agent)

    assert sign_in(client, agent)["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    assert client.get(reverse("mfa_authenticate")).status_code == 200
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert is_in(client)


def test_a_link_does_not_go_round_the_second_factor(client: Client) -> None:
    agent = an_agent()
    with_app(agent)

    client.post(path(links.sign_in_link(agent, by=SOMEBODY)))

    assert not is_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert is_in(client)


def test_guessing_codes_is_stopped_also_after_signing_in_anew(client: Client) -> None:
    agent = an_agent(password=PASSWORD)
    with_app(agent)
    sign_in(client, agent)
    for _ in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})

    again = Client()
    sign_in(again, agent)
    answer = again.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert "too many times" in answer.content.decode()
    assert not is_in(again)


@pytest.mark.parametrize(
    ("rule", "role", "is_asked"),
    [
        ("nobody", "administrator", False),
        ("administrators", "administrator", True),
        ("administrators", "agent", False),
        ("everybody", "agent", True),
    ],
)
def test_the_policy_asks_for_a_second_factor(client: Client, rule: str, role: str, is_asked: bool) -> None:
    policy(two_factors_for=rule)
    agent = an_agent(role=role)
    client.force_login(agent)

    answer = client.get(reverse("my_profile"))
    assert (answer.status_code == 302) == is_asked
    if is_asked:
        assert answer["Location"] == reverse("mfa_index")
        assert client.get(reverse("mfa_index")).status_code == 200
        assert client.get("/me/presence", headers={"HX-Request": "true"})["HX-Redirect"] == reverse("mfa_index")
    key = client.cookies["comity_session"].value
    assert (viewer_of(key) is None) == is_asked
    with_app(agent)
    assert client.get(reverse("my_profile")).status_code == 200
    assert viewer_of(key)


def test_a_quiet_computer_is_signed_out_with_the_reason(client: Client) -> None:
    policy(quiet_time=timedelta(hours=8))
    client.force_login(an_agent())
    client.get(reverse("my_profile"))
    minutes_later(7 * 60)
    assert client.get(reverse("my_profile")).status_code == 200
    minutes_later(14 * 60)
    assert client.get(reverse("my_profile")).status_code == 200

    minutes_later(23 * 60)
    answer = client.get(reverse("my_profile"), follow=True)

    assert answer.redirect_chain[0][0].startswith("/account/sign-in")
    assert "this computer was quiet for 8 h" in answer.content.decode()


def test_an_open_page_that_fetches_by_itself_is_no_activity(client: Client) -> None:
    policy(quiet_time=timedelta(minutes=30))
    client.force_login(an_agent())
    client.get(reverse("my_profile"))
    minutes_later(20)
    client.get(reverse("my_profile"), headers={"HX-Request": "true"})
    minutes_later(40)

    assert client.get(reverse("my_profile")).status_code == 302


def test_changing_the_password_signs_other_browsers_out(client: Client) -> None:
    agent = an_agent(password=PASSWORD)
    other = Client()
    sign_in(other, agent)
    sign_in(client, agent)

    form = {"oldpassword": PASSWORD, "password1": "another long secret", "password2": "another long secret"}
    assert client.post(reverse("account_change_password"), form).status_code == 302

    assert client.get(reverse("my_profile")).status_code == 200
    assert other.get(reverse("my_profile")).status_code == 302
    assert "agent.password_changed" in recorded()


def test_one_session_can_be_ended_from_another(client: Client) -> None:
    agent = an_agent(password=PASSWORD)
    other, third = Client(), Client()
    for each in (client, other, third):
        sign_in(each, agent)
    page = client.get(reverse("my_sessions")).content.decode()
    assert page.count('name="session"') == 2

    number = re.search(r'name="session" value="(\d+)"', page)[1]
    client.post(reverse("my_sessions"), {"session": number})
    left = [each for each in (other, third) if each.get(reverse("my_profile")).status_code == 200]
    assert len(left) == 1
    client.post(reverse("my_sessions"), {"others": "yes"})
    assert left[0].get(reverse("my_profile")).status_code == 302
    assert client.get(reverse("my_profile")).status_code == 200


def test_nobody_ends_the_sessions_of_others(client: Client) -> None:
    from allauth.usersessions.models import UserSession

    victim = an_agent(password=PASSWORD)
    other = Client()
    sign_in(other, victim)
    client.force_login(an_agent())

    client.post(reverse("my_sessions"), {"session": UserSession.objects.get(user=victim).pk})

    assert other.get(reverse("my_profile")).status_code == 200


def test_somebody_locked_out_gets_a_link_from_the_terminal(client: Client) -> None:
    agent = an_agent(email="maya@example.org")
    said = io.StringIO()

    call_command("sign_in_link", "Maya@example.org", stdout=said)

    client.post(path(said.getvalue().strip()))
    assert client.session["_auth_user_id"] == str(agent.pk)
    with pytest.raises(CommandError, match="Nobody who can sign in"):
        call_command("sign_in_link", "stranger@example.org")
