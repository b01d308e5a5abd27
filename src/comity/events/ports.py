"""What the log itself answers: who hears of a long job."""

from collections.abc import Iterable
from typing import Any

from .hub import AUDIENCE
from .models import Job


class JobAudience:
    """Whoever started a job hears how far it is."""

    kind = "job"

    def envelopes(self, ids: Iterable[int]) -> dict[int, str]:
        """Return the agent's id of each job."""
        return dict(Job.objects.filter(pk__in=list(ids), actor_kind="agent").values_list("pk", "actor_id"))

    def may_see(self, viewer: Any, envelope: str) -> bool:
        """Is it theirs?"""
        return envelope == str(getattr(viewer, "agent_id", None))


AUDIENCE.answer(JobAudience())
