"""`bench/docs`: writes docs/performance.md anew from what the benches kept under bench/results."""

import json
import sys
from typing import Any

from tests.bench.telling import RESULTS, as_table
from tests.support.live import HOUSE

PAGE = HOUSE / "docs" / "performance.md"
HEAD = """# How fast it is

Each table comes from a command that you can run yourself. What counts are the ratios: each figure stands beside its
floor, the least that the same machine needs for the same thing, measured in the same run. Written by `bench/docs`.
"""
ABOUT = {
    "api": "Conversations a second that eight programs create over the API, with durable commits on SQLite. The floor"
    " is one django-ninja endpoint that reads the same body and inserts one row, served by the same bridge.",
    "chat": "From the sending of a chat message to its arrival on the other side’s stream, while so many visitors have"
    " their streams open and messages go both ways. The floor is an ASGI application under uvicorn that commits one row"
    " durably and hands it to its streams.",
    "chat-costs": "The processor time of a message, with everything that follows from it; how old the oldest unread"
    " arrival and unsent answer were meanwhile, and how many reactions were owed; the memory of a visitor’s stream.",
    "chat-flood": "How long an agent’s page takes while nobody else comes, and while fake visitors from addresses of"
    " their own begin and write; and how soon the words of a real chat, and its answers, arrive meanwhile.",
    "chat-soak": "Thirty minutes of it: what a minute’s messages took from the sending to the other side’s stream, the"
    " processor time of a message, how old the oldest unread arrival was, and the memory (PSS) of all processes.",
    "ingest": "Mails a second from the SMTP receiver to the stored conversation, and the processor time of a mail until"
    " it is stored and until the search index has it too. 30 of 100 are replies, 20 carry a file of 50 KB; all commits"
    " wait for the disk. The floor parses and decodes the same mails and writes two rows in one durable commit each.",
    "footprint": "What `pip install .` brings into an empty environment; from the command until somebody signed in"
    " has their list of conversations, on a data folder that exists; what all processes hold (PSS) ten seconds later.",
    "live-streams": "From a commit, with news for each of ten scopes, to its arrival at the last of so many streams of"
    " 100 agents; each stream hears of its own scope. The floor is a bare asyncio server that writes the same to each.",
    "live-workspaces": "How long opening a conversation of thirty messages takes while nobody else is there, and while"
    " 50 people have a conversation open beside their list and mail arrives over SMTP: their streams, and whatever the"
    " page’s scripts fetch for what they hear, over HTTP.",
    "pages": "The list shows 50 rows, a conversation 30 messages. The floor is a minimal Django view with session and"
    " sign-in that renders the same rows, served by the same bridge from the same data.",
}

COMMANDS = {"chat-costs": "chat", "chat-flood": "chat --flood", "chat-soak": "chat --soak 30"}


def main() -> int:
    """Write the page."""
    parts = [HEAD]
    for path in sorted(RESULTS.glob("*.json")):
        kept: dict[str, Any] = json.loads(path.read_text())
        command = path.stem.replace("-", " --only ") if not path.stem.startswith("chat-") else COMMANDS[path.stem]
        said = "; ".join(f"{key} {value}" for key, value in kept["conditions"].items())
        parts.append(
            f"## `bench/{command}`\n\n{ABOUT[path.stem]}\n\n{as_table(kept['heads'], kept['rows'])}\n\n{said}\n"
        )
    PAGE.write_text("\n".join(parts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
