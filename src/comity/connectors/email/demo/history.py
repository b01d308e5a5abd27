"""Six months of settled matters: many, short, and with the rhythm of a shop's days and weeks."""

import json
import math
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from comity.conversations import actions
from comity.conversations.models import Conversation, Message
from comity.core.demo import HISTORY

from .letters import Letter
from .stage import UNDO, Play, Stage

NEWEST = timedelta(days=8)  # what is younger was written by hand
OPENS, CLOSES = 8, 18
WEEKDAYS = (1.35, 1.2, 1.05, 1.0, 0.95, 0.5, 0.4)  # Monday has the weekend's questions
HOURS = (1, 1, 1, 1, 1, 2, 5, 10, 22, 30, 32, 26, 18, 22, 26, 24, 19, 14, 12, 14, 15, 11, 6, 3)
PEAKS = ((118, 1.5, 1.8), (47, 2.6, 3.4), (19, 1.2, 1.4))  # days ago, how long, how high: a launch, a strike, a sale


def plan(stage: Stage) -> None:
    """Plan the crowd's conversations."""
    texts = json.loads((files(__package__) / "crowd.json").read_text(encoding="utf-8"))
    crowd = _crowd(stage)
    for moment in _moments(stage):
        language = stage.demo.chance.choices(list(crowd), weights=[texts[each]["share"] for each in crowd])[0]
        key = stage.demo.chance.choice(crowd[language])
        Matter(stage, texts, language, key, moment).plan()


def _crowd(stage: Stage) -> dict[str, list[str]]:
    """Return the names of the crowd by language: "de7" and the like."""
    found: dict[str, list[str]] = {}
    for name in stage.demo.ids:
        kind, _colon, key = name.partition(":")
        if kind == "contact" and key[:2].isalpha() and key[2:].isdigit():
            found.setdefault(key[:2], []).append(key)
    return found


def _moments(stage: Stage) -> list[datetime]:
    """Return when people wrote: by hour, weekday, season and what happened in the shop."""
    days = range(NEWEST.days, HISTORY.days)
    weights = [_day_weight(stage, days_ago) for days_ago in days]
    chosen = stage.demo.chance.choices(list(days), weights=weights, k=stage.demo.crowd)
    return sorted(_in_the_day(stage, days_ago) for days_ago in chosen)


def _day_weight(stage: Stage, days_ago: int) -> float:
    weekday = stage.demo.ago(days=days_ago).weekday()
    growth = 1 + 0.45 * (1 - days_ago / HISTORY.days)
    peaks = sum(high * math.exp(-(((days_ago - at) / wide) ** 2)) for at, wide, high in PEAKS)
    return WEEKDAYS[weekday] * growth * (1 + peaks)


def _in_the_day(stage: Stage, days_ago: int) -> datetime:
    chance = stage.demo.chance
    hour = chance.choices(range(24), weights=HOURS)[0]
    return stage.demo.at(days_ago, hour, chance.randint(0, 59)) + timedelta(seconds=chance.randint(0, 59))


def at_work(moment: datetime) -> datetime:
    """Return the moment itself, or when the desk next opens: Monday to Saturday, eight to six."""
    while moment.weekday() == 6 or moment.hour >= CLOSES:
        moment = (moment + timedelta(days=1)).replace(hour=OPENS, minute=moment.minute)
    return moment if moment.hour >= OPENS else moment.replace(hour=OPENS)


class Matter:
    """One settled conversation of the crowd."""

    def __init__(self, stage: Stage, texts: dict[str, Any], language: str, key: str, moment: datetime) -> None:
        self.stage, self.chance, self.key, self.moment = stage, stage.demo.chance, key, moment
        self.words = texts[language]
        self.topic = self.chance.choice(self.words["topics"])
        self.play = Play(stage, stage.inboxes[self.topic.get("inbox", "help")])
        self.agent = stage.agents[self.chance.choice(self.topic["agents"])]
        self.values = {
            "order": f"LM-{self.chance.randint(29000, 41500)}",
            "product": self.chance.choice(self.topic.get("products", ["Heron 2"])),
            "number": str(self.chance.choice((2, 3, 4, 5, 6, 8))),
            "agent": self.agent.name.split()[0],
        }
        self.subject = self._words("subject")

    def plan(self) -> None:
        """Plan the question, the answer and the end; a third of the customers write once more."""
        self.stage.plan(self.moment, self._ask)
        answered = at_work(self.moment + self._a_while(median=95))
        self._plan_answer(answered, self._words("reply"))
        last = answered
        if self.chance.random() < 0.34:
            thanked = answered + self._a_while(median=130)
            self.stage.plan(thanked, lambda: self._write(self.chance.choice(self.words["thanks"]), thanked))
            last = at_work(thanked + self._a_while(median=40))
            if self.chance.random() < 0.5:
                self._plan_answer(last, self.chance.choice(self.words["welcome"]).format(**self.values))
        self.stage.plan(at_work(last + self._a_while(median=200)), self._settle)

    def _ask(self) -> None:
        words = self.words
        greeting, closing = self.chance.choice(words["greetings"]), self.chance.choice(words["closings"])
        self._write(f"{greeting}\n\n{self._words('body')}\n\n{closing}\n{{name}}", self.moment)

    def _write(self, text: str, at: datetime) -> None:
        contact, address = self.stage.customer(self.key)
        self.stage.letters += 1
        self.play.arrive(
            Letter(
                number=self.stage.letters,
                sender=address,
                name=contact.name,
                to=self.play.inbox.address,
                subject=f"Re: {self.subject}" if self.play.last_id else self.subject,
                text=text.replace("{name}", contact.name),
                at=at,
                answers=self.play.last_id,
                files=self._files(),
            )
        )

    def _files(self) -> tuple[str, ...]:
        if self.play.last_id or self.chance.random() > 0.06:
            return ()
        return (self.topic.get("photo", "photo-of-the-parcel.png"),)

    def _plan_answer(self, at: datetime, text: str) -> None:
        sent: list[Message] = []

        def answer() -> None:
            greeting = self.words["reply_greeting"].format(name=self.stage.customer(self.key)[0].name)
            whole = f"{greeting}\n\n{text}\n\n{self.words['reply_closing']}\n{self.values['agent']}"
            sent.append(self.play.answer(self.agent, whole, then="waiting_customer", files=[]))

        self.stage.plan(at, answer)
        self.stage.plan(at + UNDO, lambda: self.play.send(sent[-1]))

    def _settle(self) -> None:
        conversation = Conversation.objects.get(pk=self.play.current.pk)
        by = self.agent.actor
        if self.chance.random() < 0.6:
            actions.set_tags(conversation=conversation, names=self.topic["tags"][:2], by=by)
        actions.resolve(conversation=conversation, by=by)

    def _words(self, what: str) -> str:
        text: str = self.chance.choice(self.topic[what])
        return text.format(**self.values)

    def _a_while(self, *, median: float) -> timedelta:
        """Return some minutes: mostly near the median, now and then far more."""
        return timedelta(minutes=min(2600.0, self.chance.lognormvariate(math.log(median), 0.85)))
