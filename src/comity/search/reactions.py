"""What the index does by itself: learn new words, and build itself anew when somebody asks."""

from comity.events.log import Event, reacts_to, standing_timer, system

from . import actions, rebuild

standing_timer("search.vocabulary_due", subject="search:vocabulary", cron="*/5 * * * *")


@reacts_to("search.vocabulary_due", outside=True)
def learn_words(event: Event) -> None:
    """Take the words of new documents into the vocabulary."""
    actions.learn()


@reacts_to(rebuild.STEP, outside=True)
def take_step(event: Event) -> None:
    """Go on with a rebuild."""
    rebuild.take_step(
        job_id=_job_id(event.subject),
        kind=event.data["kind"],
        after_id=event.data["after_id"],
        by=event.by.because_of(event.pk),
    )


@reacts_to("reaction.discarded")
def give_up(event: Event) -> None:
    """End a rebuild of which somebody discarded a step, so that another can begin."""
    if event.subject == "reaction:search.take_step":
        rebuild.give_up(job_id=_job_id(event.data["about"]), by=system("search", cause=event.pk))


def _job_id(subject: str) -> int:
    return int(subject.partition(":")[2])
