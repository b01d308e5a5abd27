"""Measurements for monitoring: what this process counts, and what rooms look up when they are asked.

A room's `metrics.py` adds its own:

    @measured("comity_parked_runs", "Reactions that gave up and wait for somebody.")
    def parked_runs() -> Values:
        return {(): queries.parked_count()}
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest

from comity import __version__

Values = Mapping[tuple[str, ...], float]
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
CONTENT_TYPE = CONTENT_TYPE_LATEST

registry = CollectorRegistry()
REQUESTS = Histogram(
    "comity_http_request_duration_seconds",
    "How long requests took, from their arrival to the last byte of the answer.",
    ["method", "route", "status"],
    buckets=BUCKETS,
    registry=registry,
)
ERRORS = Counter("comity_errors", "Lines of the level error in the program's log.", ["logger"], registry=registry)


@dataclass(frozen=True)
class Looked:
    """Something that is looked up whenever somebody asks: a state, or a count that only grows."""

    name: str
    help: str
    labels: tuple[str, ...]
    look: Callable[[], Values]
    only_grows: bool

    def describe(self) -> list[Metric]:
        """Return it without values, so that registering it asks no database."""
        return [self._family()]

    def collect(self) -> Iterator[Metric]:
        """Yield it with its values."""
        family = self._family()
        for labels, value in self.look().items():
            family.add_metric(labels, value)
        yield family

    def _family(self) -> CounterMetricFamily | GaugeMetricFamily:
        kind = CounterMetricFamily if self.only_grows else GaugeMetricFamily
        return kind(self.name, self.help, labels=self.labels)


class CountErrors(logging.Handler):
    """Counts the errors of the log beside whoever writes it."""

    def emit(self, record: logging.LogRecord) -> None:
        """Count one."""
        ERRORS.labels(record.name).inc()


def measured(
    name: str, help: str, *, labels: tuple[str, ...] = (), only_grows: bool = False
) -> Callable[[Callable[[], Values]], Callable[[], Values]]:
    """Register a function that looks something up, by the values of its labels."""

    def register(look: Callable[[], Values]) -> Callable[[], Values]:
        registry.register(Looked(name, help, labels, look, only_grows))
        return look

    return register


def text() -> bytes:
    """Return everything in the text form of OpenMetrics."""
    return bytes(generate_latest(registry))  # type: ignore[no-untyped-call]


@measured("comity_build", "The version that runs; always 1.", labels=("version",))
def build() -> Values:
    """Say which version this is."""
    return {(__version__,): 1}
