"""Whatever talks to the world was thought of in a restore: docs/backup.md says what happens to it."""

from comity.events.log import reactions

WHY = "Say in docs/backup.md what a restore does about these, answer the port RESTORED where needed, and add them here"
CONSIDERED = {
    "accounts.deliver_system_mail": "what was not sent is forgotten",
    "channels.check_connection": "asks only",
    "channels.read_arrival": "reads what was stored; its own Message-ID makes it count once",
    "channels.send_message": "the outbox is in doubt, so there is nothing to send",
    "contacts.index_people_of_company": "stays inside",
    "files.scan": "asks only",
    "files.sweep": "stays inside",
    "integrations.send_to_webhook": "the same webhook-id, by which receivers know it",
    "integrations.tidy": "stays inside",
    "search.learn_words": "stays inside",
    "search.take_step": "stays inside",
    "web.look": "asks only",
}


def test_every_reaction_to_the_outside_was_considered() -> None:
    outside = {reaction.name for reaction in reactions if reaction.outside}

    assert sorted(outside - CONSIDERED.keys()) == [], WHY
    assert sorted(CONSIDERED.keys() - outside) == [], "These are no more; take them off the list"
