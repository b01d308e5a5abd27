"""From a written story to what happens on the stage."""

from collections.abc import Callable
from datetime import timedelta

from comity.conversations import actions
from comity.conversations.models import Conversation, Status, StatusName
from comity.conversations.recipients import To
from comity.core.actor import Actor

from .letters import Letter
from .script import Step, Story, stories
from .stage import UNDO, Play, Stage

FAILURE = "550 5.1.1 The address is unknown at its mail server. Ask the customer for another one."
UNKNOWN = "The connection ended after the message was handed over, so nobody can say whether it arrived."
SLOW = "451 4.3.0 The other side’s mail server is busy and asks for patience. It is tried again by itself."


def plan(stage: Stage) -> None:
    """Plan every hand-written conversation."""
    plays: dict[str, Play] = {}
    for story in stories(stage.demo):
        play = Play(stage, stage.inboxes[story.facts.get("inbox", "help")])
        plays[story.subject] = play
        Teller(stage, story, play, plays).plan()


class Teller:
    """Turns the steps of one story into acts."""

    def __init__(self, stage: Stage, story: Story, play: Play, plays: dict[str, Play]) -> None:
        self.stage, self.story, self.play, self.plays = stage, story, play, plays

    def plan(self) -> None:
        """Plan each step at its moment, never before the one that it follows."""
        last = None
        for number, step in enumerate(self.story.steps):
            moment = step.moment if last is None else max(step.moment, last + timedelta(seconds=40))
            last = moment
            self.stage.plan(moment, self._act(step, is_first=number == 0))
            if number == 0:
                self.stage.plan(moment + timedelta(seconds=30), self._sort)
            if step.kind == "out" and step.option("state") != "scheduled":
                self.stage.plan(moment + UNDO, self._send(step))

    def _act(self, step: Step, *, is_first: bool) -> Callable[[], object]:
        if step.kind == "in":
            return lambda: self._arrive(step)
        if step.kind == "out":
            return lambda: self._answer(step, is_first)
        if step.kind == "note":
            return lambda: self.play.note(self.stage.agents[step.who], step.text)
        return lambda: self._do(step)

    def _arrive(self, step: Step) -> None:
        contact, address = self.stage.customer(step.option("from", self.story.facts["customer"]))
        self.stage.letters += 1
        copies = [self.stage.customer(key) for key in step.option("cc").split(",") if key]
        subject = self.story.subject if not self.play.last_id else f"Re: {self.story.subject}"
        headers = (("Auto-Submitted", "auto-replied"),) if step.has("automatic") else ()
        self.play.arrive(
            Letter(
                number=self.stage.letters,
                sender=step.option("address", address),
                name=contact.name,
                to=self.play.inbox.address,
                subject=subject,
                text=step.text,
                at=step.moment,
                answers=self.play.last_id,
                copies=tuple((mail, other.name) for other, mail in copies),
                files=tuple(step.files),
                papers=tuple(self.story.facts.get("paper", "").split(" | ")),
                check=step.option("check", "pass"),
                headers=headers,
            )
        )

    def _sort(self) -> None:
        """Give a new matter its team, tags and priority, as somebody on duty does it."""
        facts, by = self.story.facts, self.stage.agents["maya"].actor
        conversation = self.play.current
        if team := facts.get("team"):
            actions.assign(conversation=conversation, agent=None, team=self.stage.teams[team], by=by)
        if tags := facts.get("tags"):
            actions.set_tags(conversation=conversation, names=tags.split(", "), by=by)
        if priority := facts.get("priority"):
            actions.set_priority(conversation=conversation, priority=priority, by=by)
        if owner := facts.get("owner"):
            agent = self.stage.agents[owner]
            conversation = Conversation.objects.get(pk=conversation.pk)
            actions.assign(conversation=conversation, agent=agent, team=conversation.team, by=by)

    def _answer(self, step: Step, is_first: bool) -> None:
        agent, then = self.stage.agents[step.who], step.option("then", Status.WAITING_CUSTOMER)
        if is_first:
            contact, address = self.stage.customer(self.story.facts["customer"])
            to = To("to", address, contact.name)
            self.message = self.play.begin(agent, to, self.story.subject, step.text, then)
            return
        send_at = self.stage.demo.now + timedelta(hours=16) if step.option("state") == "scheduled" else None
        self.message = self.play.answer(agent, step.text, then=then, files=step.files, send_at=send_at)

    def _send(self, step: Step) -> Callable[[], object]:
        outcome = step.option("state", "sent")
        reason = {"failed": FAILURE, "unknown": UNKNOWN, "queued": SLOW}.get(outcome, "")
        return lambda: self.play.send(self.message, outcome=outcome, reason=reason)

    def _do(self, step: Step) -> None:
        by = self.stage.agents[step.who].actor
        verb, *rest = step.words
        conversation = Conversation.objects.get(pk=self.play.current.pk)
        getattr(self, f"_{verb.replace('-', '_')}")(conversation, by, rest)

    def _resolve(self, conversation: Conversation, by: Actor, rest: list[str]) -> None:
        actions.resolve(conversation=conversation, by=by)

    def _reopen(self, conversation: Conversation, by: Actor, rest: list[str]) -> None:
        actions.reopen(conversation=conversation, by=by)

    def _spam(self, conversation: Conversation, by: Actor, rest: list[str]) -> None:
        actions.mark_spam(conversation=conversation, by=by)

    def _bin(self, conversation: Conversation, by: Actor, rest: list[str]) -> None:
        actions.delete(conversation=conversation, by=by)

    def _snooze(self, conversation: Conversation, by: Actor, rest: list[str]) -> None:
        """Set aside for some days from now, or with “reply” until the customer writes."""
        if rest == ["reply"]:
            actions.snooze_until_reply(conversation=conversation, by=by)
            return
        until = self.stage.demo.now + timedelta(hours=int(rest[0]))
        actions.snooze(conversation=conversation, until=until.replace(minute=0, second=0, microsecond=0), by=by)

    def _assign(self, conversation: Conversation, by: Actor, rest: list[str]) -> None:
        team = self.stage.teams[rest[1]] if len(rest) > 1 else conversation.team
        actions.assign(conversation=conversation, agent=self.stage.agents[rest[0]], team=team, by=by)

    def _team(self, conversation: Conversation, by: Actor, rest: list[str]) -> None:
        actions.assign(conversation=conversation, agent=None, team=self.stage.teams[rest[0]], by=by)

    def _status(self, conversation: Conversation, by: Actor, rest: list[str]) -> None:
        """Move to one of the shop's own statuses, by name."""
        name = StatusName.objects.get(name=" ".join(rest))
        actions.set_status(conversation=conversation, status=name.category, name=name, by=by)

    def _merge(self, conversation: Conversation, by: Actor, rest: list[str]) -> None:
        """Join the conversation to the one with this subject."""
        target = self.plays[" ".join(rest)].current
        actions.merge(source=conversation, target=Conversation.objects.get(pk=target.pk), by=by)

    def _follow(self, conversation: Conversation, by: Actor, rest: list[str]) -> None:
        for key in rest:
            actions.follow(conversation=conversation, agent=self.stage.agents[key])
