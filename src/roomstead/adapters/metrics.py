"""Figures for Prometheus: how requests go in this process, and what the database counts. No personal labels."""

import math
from collections.abc import Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

from roomstead.application.ports.vitals import Vitals

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counts what this process does; the vitals are set whenever somebody asks for the figures."""

    def __init__(self) -> None:
        """A registry of its own, so that several may live in one process."""
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "roomstead_http_requests", "Requests answered.", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "roomstead_http_request_seconds",
            "How long an answer took.",
            ("method", "route"),
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._jobs_waiting = self._gauge("roomstead_jobs_waiting", "Jobs that wait for a worker.")
        self._intents = self._gauge("roomstead_intents", "Outgoing acts that are not done yet.", "status")
        self._oldest_due = self._gauge(
            "roomstead_oldest_due_intent_seconds", "How long the longest waiting outgoing act has been due."
        )
        self._failing = self._gauge("roomstead_failing_mailboxes", "Followed mailboxes whose last reading failed.")
        self._credential_ends = self._gauge(
            "roomstead_credential_ends_seconds", "Until the first credential in use ends; infinite: none says when."
        )
        self._integrations = self._gauge("roomstead_integrations", "Integrations.", "status")
        self._rooms = self._gauge("roomstead_rooms", "Rooms.", "status")
        self._worker_seen = self._gauge(
            "roomstead_worker_seen_seconds_ago", "How long ago any worker said that it lives; -1: never."
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request; ``route`` is the template, never the path that was asked for."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def page(self, vitals: Vitals) -> bytes:
        """All figures in Prometheus' text format, version 0.0.4."""
        now = vitals.database_time
        self._jobs_waiting.set(vitals.jobs_waiting)
        self._failing.set(vitals.failing_mailboxes)
        self._credential_ends.set(_seconds_until(vitals.credential_ends_at, now))
        self._oldest_due.set(max(_seconds_since(vitals.oldest_due, now), 0.0))
        self._worker_seen.set(_seconds_since(vitals.worker_seen_at, now))
        _set_all(self._intents, vitals.intents_by_status)
        _set_all(self._integrations, vitals.integrations_by_status)
        _set_all(self._rooms, vitals.rooms_by_status)
        return generate_latest(self._registry)

    def _gauge(self, name: str, help_text: str, *labels: str) -> Gauge:
        return Gauge(name, help_text, labels, registry=self._registry)


def _seconds_since(moment: datetime | None, now: datetime) -> float:
    return -1.0 if moment is None else (now - moment).total_seconds()


def _seconds_until(moment: datetime | None, now: datetime) -> float:
    return math.inf if moment is None else (moment - now).total_seconds()


def _set_all(gauge: Gauge, counts: Mapping[str, int]) -> None:
    gauge.clear()
    for status, count in counts.items():
        gauge.labels(status).set(count)
