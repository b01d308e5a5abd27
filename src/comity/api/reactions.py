"""What the frame does by the clock."""

from comity.events.log import Event, reacts_to, standing_timer

from . import actions

standing_timer("api.tidy", subject="api:answers", cron="40 * * * *")


@reacts_to("api.tidy")
def forget_old_answers(event: Event) -> None:
    """Forget answers to repeated calls after their day."""
    actions.forget_old()
