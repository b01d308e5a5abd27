"""What is done to a conversation: one resource each, with the verbs of HTTP."""

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from comity.accounts import queries as accounts
from comity.accounts.access import AgentRequest, agent_may
from comity.core import clock

from .. import actions, queries
from ..forms.doing import (
    OwnerForm,
    PriorityForm,
    SnoozeForm,
    StatusForm,
    SubjectForm,
    TagForm,
    first_problem,
)
from ..models import Conversation, Priority, Status, StatusName
from ..moments import moments
from .answers import Undo, done

FINISHED = (Status.RESOLVED, Status.SPAM)
LONGEST_LIST = 200


@require_http_methods(["GET", "POST"])
@agent_may("conversations.work")
def status(request: AgentRequest, conversation_id: int) -> HttpResponse:
    """Show the statuses (GET); move to one (POST)."""
    conversation = queries.conversation_or_404(request.user, conversation_id)
    if request.method == "GET":
        context = {"conversation": conversation, "statuses": Status, "names": StatusName.objects.all()}
        return render(request, "conversations/_status_menu.html", context)
    form = StatusForm(request.POST)
    if not form.is_valid():
        raise first_problem(form)
    before = conversation.status
    wanted, name = form.cleaned_data["status"], form.cleaned_data["name"]
    changed = actions.set_status(conversation=conversation, status=wanted, name=name, by=request.user.actor)
    said = _("Resolved") if wanted == Status.RESOLVED else _("Status: %(status)s") % {"status": changed.status_label}
    url = reverse("conversation_status", args=[conversation.pk])
    undo = Undo(url, {"status": Status.OPEN if before == Status.SNOOZED else before}) if before != wanted else None
    return done(request, changed, said, undo=undo, **_away(wanted in FINISHED))


@require_http_methods(["GET", "POST", "DELETE"])
@agent_may("conversations.work")
def snooze(request: AgentRequest, conversation_id: int) -> HttpResponse:
    """Show the moments (GET), set aside (POST), bring back (DELETE)."""
    conversation = queries.conversation_or_404(request.user, conversation_id)
    by = request.user.actor
    if request.method == "DELETE":
        return done(request, actions.wake(conversation=conversation, by=by), _("Back in the list"))
    if request.method == "GET":
        template = "_snooze_own.html" if "own" in request.GET else "_snooze_menu.html"
        context = {"conversation": conversation, "moments": moments(), "form": SnoozeForm(), "now": clock.now()}
        return render(request, f"conversations/{template}", context)
    form = SnoozeForm(request.POST)
    if not form.is_valid():
        raise first_problem(form)
    until = form.until()
    if until is None:
        actions.snooze_until_reply(conversation=conversation, by=by)
    else:
        actions.snooze(conversation=conversation, until=until, by=by)
    undo = Undo(reverse("snooze", args=[conversation.pk]), method="delete")
    return done(request, conversation, _set_aside(until), undo=undo, cm_next=True)


@require_http_methods(["GET", "POST"])
@agent_may("conversations.work")
def assignee(request: AgentRequest, conversation_id: int) -> HttpResponse:
    """Show people and teams (GET); give it to one of them (POST)."""
    conversation = queries.conversation_or_404(request.user, conversation_id)
    if request.method == "GET":
        return render(request, "conversations/_assignee_menu.html", {"conversation": conversation, **owners(request)})
    form = OwnerForm(request.POST)
    if not form.is_valid():
        raise first_problem(form)
    agent, team = form.owner(conversation.assignee, conversation.team)
    changed = actions.assign(conversation=conversation, agent=agent, team=team, by=request.user.actor)
    before = {"agent": conversation.assignee_id or ""}
    undo = Undo(reverse("assignee", args=[conversation.pk]), before) if "agent" in request.POST else None
    return done(request, changed, _owned(request, changed), undo=undo)


@require_http_methods(["GET", "POST"])
@agent_may("conversations.work")
def priority(request: AgentRequest, conversation_id: int) -> HttpResponse:
    """Show the priorities (GET); choose one (POST)."""
    conversation = queries.conversation_or_404(request.user, conversation_id)
    if request.method == "GET":
        context = {"conversation": conversation, "priorities": Priority.choices}
        return render(request, "conversations/_priority_menu.html", context)
    form = PriorityForm(request.POST)
    if not form.is_valid():
        raise first_problem(form)
    wanted = form.cleaned_data["priority"]
    changed = actions.set_priority(conversation=conversation, priority=wanted, by=request.user.actor)
    said = _("Priority: %(priority)s") % {"priority": Priority(wanted).label}
    undo = Undo(reverse("priority", args=[conversation.pk]), {"priority": conversation.priority})
    return done(request, changed, said, undo=undo)


@require_http_methods(["GET", "POST", "DELETE"])
@agent_may("conversations.work")
def tags(request: AgentRequest, conversation_id: int) -> HttpResponse:
    """Show the tags to choose from (GET), put one on (POST), take one off (DELETE)."""
    conversation = queries.conversation_or_404(request.user, conversation_id)
    if request.method == "GET":
        own = {link.tag_id for link in conversation.tag_links.all()}
        context = {"conversation": conversation, "tags": queries.known_tags(limit=LONGEST_LIST), "own": own}
        return render(request, "conversations/_tags_menu.html", context)
    form = TagForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        raise first_problem(form)
    name = form.cleaned_data["name"]
    change = actions.tag if request.method == "POST" else actions.untag
    change(conversation=conversation, name=name, by=request.user.actor)
    return done(request, conversation)


@require_http_methods(["GET", "POST"])
@agent_may("conversations.work")
def subject(request: AgentRequest, conversation_id: int) -> HttpResponse:
    """Ask for another subject (GET); change it (POST)."""
    conversation = queries.conversation_or_404(request.user, conversation_id)
    if request.method == "GET":
        form = SubjectForm(initial={"subject": conversation.subject})
        return render(request, "conversations/_subject.html", {"conversation": conversation, "form": form})
    form = SubjectForm(request.POST)
    if not form.is_valid():
        return render(request, "conversations/_subject.html", {"conversation": conversation, "form": form}, status=422)
    given = form.cleaned_data["subject"]
    changed = actions.set_subject(conversation=conversation, subject=given, by=request.user.actor)
    undo = Undo(reverse("conversation_subject", args=[conversation.pk]), {"subject": conversation.subject})
    return done(request, changed, _("The subject is changed"), undo=undo)


@require_http_methods(["POST", "DELETE"])
@agent_may("conversations.work")
def spam(request: AgentRequest, conversation_id: int) -> HttpResponse:
    """Put it among the spam (POST), or take it out again (DELETE)."""
    conversation = queries.conversation_or_404(request.user, conversation_id)
    by = request.user.actor
    if request.method == "DELETE":
        return done(request, actions.reopen(conversation=conversation, by=by), _("Not spam: it is open again"))
    changed = actions.mark_spam(conversation=conversation, by=by)
    undo = Undo(reverse("spam", args=[conversation.pk]), method="delete")
    return done(request, changed, _("Marked as spam"), undo=undo, cm_next=True)


@require_http_methods(["POST", "DELETE"])
@agent_may("conversations.delete")
def bin(request: AgentRequest, conversation_id: int) -> HttpResponse:
    """Take it out of the bin (POST), or put it there (DELETE)."""
    conversation = queries.conversation_or_404(request.user, conversation_id, with_bin=True)
    by = request.user.actor
    if request.method == "POST":
        return done(request, actions.restore(conversation=conversation, by=by), _("Taken out of the bin"))
    changed = actions.delete(conversation=conversation, by=by)
    undo = Undo(reverse("bin", args=[conversation.pk]))
    return done(request, changed, _("In the bin for 30 days"), undo=undo, cm_next=True)


@require_http_methods(["POST", "DELETE"])
@agent_may("conversations.read")
def follow(request: AgentRequest, conversation_id: int) -> HttpResponse:
    """Let this person take part (POST), or leave (DELETE)."""
    conversation = queries.conversation_or_404(request.user, conversation_id)
    if request.method == "POST":
        actions.follow(conversation=conversation, agent=request.user)
        return done(request, conversation, _("You follow this conversation"))
    actions.unfollow(conversation=conversation, agent=request.user)
    return done(request, conversation, _("You no longer follow this conversation"))


def _away(is_finished: bool) -> dict[str, bool]:
    return {"cm_next": True} if is_finished else {}


def owners(request: AgentRequest) -> dict[str, object]:
    """Return whom a conversation can be given to."""
    people = [agent for agent in accounts.agents() if agent.may("conversations.work")]
    others = [agent for agent in people if agent.pk != request.user.pk]
    return {"people": others[:LONGEST_LIST], "teams": accounts.teams()}


def _owned(request: AgentRequest, conversation: Conversation) -> str:
    if conversation.assignee_id == request.user.pk:
        return _("This is yours now")
    if conversation.assignee:
        return _("Assigned to %(name)s") % {"name": conversation.assignee.name}
    if conversation.team:
        return _("Given to the team %(team)s") % {"team": conversation.team.name}
    return _("Nobody owns this now")


def _set_aside(until: datetime | None) -> str:
    if until is None:
        return _("Set aside until they reply")
    return _("Set aside until %(moment)s") % {"moment": date_format(timezone.localtime(until), "DATETIME_FORMAT")}
