"""Pages at the door: the first start, an invitation, a sign-in link."""

from http import HTTPStatus

from allauth.account import views as allauth
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from comity.accounts import queries
from comity.accounts.actions import invitations, links, mail, sign_in
from comity.accounts.actions import start as first_start
from comity.accounts.forms.entrance import JoinForm, LinkForm, StartForm
from comity.accounts.models import Agent, Invitation, SignInLink
from comity.core.refusals import Refusal


@never_cache
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, link_id: int, code: str) -> HttpResponse:
    """Begin: name the organisation and its first administrator."""
    link = SignInLink.objects.filter(pk=link_id, agent=None).first()
    if link is None or not links.fits(link, code):
        raise _not_a_link()
    links.check_open(link)
    form = StartForm(request.POST or None, initial={"language": get_language(), "zone": "UTC"})
    if form.is_valid():
        try:
            return _let_in(request, first_start.set_up(link=link, **form.cleaned_data), how="link")
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    return _page(request, "accounts/start.html", {"form": form}, form)


@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, invitation_id: int, code: str) -> HttpResponse:
    """Join: choose a name and a password."""
    found = Invitation.objects.select_related("role").filter(pk=invitation_id).first()
    if found is None or not links.fits(found, code):
        raise _not_a_link()
    invitations.check_open(found)
    form = JoinForm(request.POST or None)
    if form.is_valid():
        try:
            return _let_in(request, invitations.accept(invitation=found, **form.cleaned_data), how="invitation")
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    context = {"form": form, "invitation": found, "organisation": queries.organisation()}
    return _page(request, "accounts/join.html", context, form)


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_link(request: HttpRequest, link_id: int, code: str) -> HttpResponse:
    """Sign in by a link. Opening it does nothing yet, because mail programs open links to check them."""
    link = get_object_or_404(SignInLink.objects.select_related("agent__role").exclude(agent=None), pk=link_id)
    if not links.fits(link, code):
        raise _not_a_link()
    links.check_open(link)
    if request.method == "POST" and link.agent:
        links.use(link=link)
        return _let_in(request, link.agent, how="link")
    return render(request, "accounts/sign_in_link.html", {"agent": link.agent})


@never_cache
@require_http_methods(["GET", "POST"])
def ask_for_link(request: HttpRequest) -> HttpResponse:
    """Send a sign-in link to an address; the answer is the same whether it is known here or not."""
    form = LinkForm(request.POST or None)
    is_sent = form.is_valid()
    if is_sent:
        sign_in.ask_for_link(email=form.cleaned_data["email"])
    context = {"form": form, "is_sent": is_sent, "has_mail": mail.is_set_up()}
    return _page(request, "accounts/ask_for_link.html", context, form)


@never_cache
@require_http_methods(["GET", "POST"])
def reset_password(request: HttpRequest) -> HttpResponse:
    """Send a mail that lets one choose a new password; where no mail can be sent, say so."""
    if not mail.is_set_up():
        return render(request, "accounts/ask_for_link.html", {"has_mail": False})
    answer: HttpResponse = allauth.password_reset(request)
    return answer


def _let_in(request: HttpRequest, agent: Agent, *, how: str) -> HttpResponse:
    """Sign somebody in, by way of their second factor where they have one."""
    record_authentication(request, agent, method=how)
    answer: HttpResponse = perform_login(request, agent, email_verification="none", email=agent.email)
    return answer


def _page(
    request: HttpRequest, template: str, context: dict[str, object], form: StartForm | JoinForm | LinkForm
) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK
    return render(request, template, context, status=status)


def _not_a_link() -> Refusal:
    return Refusal(_("This link is not complete, or it was replaced by a newer one."), code="unknown", status=404)
