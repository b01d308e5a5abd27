"""Rounds of kill -9 at random moments under mail from both sides, and what must hold afterwards."""

import random
import time
from collections import Counter
from collections.abc import Callable, Sized
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.house import House
from tests.chaos.people import Answers, Customers
from tests.support.pace import slowness

SHORTEST, LONGEST = 0.05, 1.5  # seconds from the first mail of a round to its kill
SENDING_AT_ONCE = 4  # messages that one process hands over at the same time
BEGUN = 10  # conversations before the first kill
ENDS = ("sent", "failed", "unknown")


@dataclass
class Result:
    """What the rounds did, and whatever went wrong."""

    rounds: int = 0
    accepted: int = 0
    stored: int = 0
    repeated: int = 0
    confirmed: int = 0
    replies: Counter[str] = field(default_factory=Counter)
    doubles: int = 0
    again: int = 0
    events: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)


def run(house: House, *, rounds: int, chance: random.Random, say: Callable[[str], None] = lambda text: None) -> Result:
    """Kill it so many times under load, let it recover, compare, and send again what is unknown."""
    began = time.monotonic()
    customers = Customers(house.live)
    _begin(house, customers)
    answers = Answers(house.agent, lambda: max(BEGUN, len(customers.accepted) // 2))
    for load in (customers, answers):
        load.start()
    for number in range(rounds):
        house.start()
        _wait_for_one_more(customers.accepted)
        if chance.random() < 0.7:  # else it dies before the first page is answered
            _wait_for_one_more(answers.confirmed)
        moment = chance.uniform(SHORTEST, LONGEST)
        time.sleep(moment)
        house.kill(chance)
        say(f"{number + 1:>3}  {moment:4.2f}  {len(customers.accepted):>6}  {len(answers.confirmed):>6}")
    for load in (customers, answers):
        load.stop()
    house.recover()
    result = compare(house, customers, answers, house.look())
    result.rounds = rounds
    _send_again(house, result)
    result.seconds = time.monotonic() - began
    return result


def _begin(house: House, customers: Customers) -> None:
    """Have a few conversations to answer from the first moment on."""
    for number in range(BEGUN):
        customers.write(f"<begun{number}@customers.test>", random.Random(number))
    house.settle()


def _wait_for_one_more(done: Sized) -> None:
    before, until = len(done), time.monotonic() + 120
    while len(done) == before:
        assert time.monotonic() < until, "nothing is taken any more"
        time.sleep(0.01)


def compare(house: House, customers: Customers, answers: Answers, found: dict[str, Any]) -> Result:
    """Compare the data with what customers, agents and the receiving mail server know."""
    stored, sent = found["inbound"], house.sink.times()
    outbound = {row["pk"]: row for row in found["outbound"]}
    result = Result(
        accepted=len(customers.accepted),
        stored=len(stored),
        repeated=found["raw"].get("duplicate", 0),
        confirmed=len(answers.confirmed),
        replies=Counter(row["state"] for row in outbound.values()),
        doubles=sum(times - 1 for times in sent.values()),
        events=found["events"],
    )
    wrong = result.problems
    wrong += [f"accepted, but not stored: {one}" for one in customers.accepted - set(stored)]
    wrong += [f"stored {times} times: {one}" for one, times in stored.items() if times != 1]
    wrong += [f"nobody wrote {one}" for one in set(stored) - customers.written]
    wrong += [f"confirmed, but lost: message {pk}" for pk in answers.confirmed - set(outbound)]
    wrong += [f"message {pk} is still {row['state']}" for pk, row in outbound.items() if row["state"] not in ENDS]
    wrong += [f"left {times} times: {one}" for one, times in sent.items() if times > 1]
    wrong += [f"left, but nobody wrote it: {one}" for one in set(sent) - _ids(outbound.values())]
    for row in outbound.values():
        times = sent[row["external_id"]]
        if (row["state"] == "sent" and times != 1) or (row["state"] == "failed" and times):
            wrong.append(f"message {row['pk']} is {row['state']}, but left {times} times")
    wrong += _unknown_without_a_kill(house, outbound.values(), result.replies["unknown"])
    wrong += [f"parked: {reaction} {error}" for reaction, error in found["parked"]]
    wrong += [f"under way: {found['under_way']}"] if found["under_way"] else []
    wrong += [*found["problems"], *customers.surprises, *answers.surprises, *house.complaints]
    return result


def _ids(rows: Any) -> set[str]:
    return {row["external_id"] for row in rows}


def _unknown_without_a_kill(house: House, rows: Any, count: int) -> list[str]:
    """Unknown may only be what was being handed over when a process died."""
    processes = 2 if house.has_worker else 1
    wrong = []
    if count > SENDING_AT_ONCE * processes * len(house.kills):
        wrong.append(f"{count} unknown after {len(house.kills)} kills")
    unknown, about = _ids(row for row in rows if row["state"] == "unknown"), 5 * slowness()
    for mail in house.sink.taken:
        if mail.message_id in unknown and not any(abs(kill - mail.at) < about for kill in house.kills):
            wrong.append(f"{mail.message_id} is unknown, but nothing was killed about then")
    return wrong


def _send_again(house: House, result: Result) -> None:
    """A person sends what is unknown once more: under the same Message-ID, and once."""
    before = house.sink.times()
    unknown = [row for row in house.look()["outbound"] if row["state"] == "unknown"]
    for row in unknown:
        house.agent.send_again(row["pk"])
    if not unknown:
        return
    house.settle()
    after, now = house.sink.times(), {row["pk"]: row for row in house.look()["outbound"]}
    for row in unknown:
        name = row["external_id"]
        if now[row["pk"]]["state"] != "sent" or now[row["pk"]]["external_id"] != name:
            result.problems.append(f"sent again, but {now[row['pk']]}")
        if after[name] != before[name] + 1:
            result.problems.append(f"sent again, and left {after[name]} times instead of {before[name] + 1}: {name}")
    result.again = len(unknown)
