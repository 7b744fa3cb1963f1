"""What the web, commands and workers are made of alike."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.http.limits import LocalCallLimits
from roomstead.adapters.http.transport import HttpSettings
from roomstead.adapters.jobs.queue import QueuedJobs
from roomstead.adapters.providers.registry import ProviderRegistry, build_providers
from roomstead.adapters.secrets import Sealer, load_sealer
from roomstead.application.policy import Policy, Writes
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.limits import LimitRules
from roomstead.config import Settings


def policy_of(settings: Settings) -> Policy:
    """The part of the settings that use cases go by."""
    return Policy(
        access_max_age=timedelta(seconds=settings.access_max_age_seconds),
        room_answer_deadline=timedelta(seconds=settings.room_answer_deadline_seconds),
        pull_interval=timedelta(seconds=settings.poll_interval_seconds),
        writes=Writes.SHOWN if settings.dry_run else Writes.SENT,
        public_url=settings.public_url or f"http://{settings.host}:{settings.port}",
        support_contact=settings.support_contact,
        guide_url=settings.guide_url or "",
    )


def sealing_keys_of(settings: Settings) -> list[str]:
    """The keys given in the settings; empty: those in the key file."""
    return [key.get_secret_value() for key in settings.sealing_keys]


def sealer_of(settings: Settings) -> Sealer:
    """Seals and opens with the present keys. Raises NeedsAdmin when they cannot be used."""
    return load_sealer(sealing_keys_of(settings), settings.key_file)


def providers_of(settings: Settings, clock: Clock) -> ProviderRegistry:
    """The providers, with the clouds and limits of the settings."""
    rules = LimitRules(mailbox_concurrency=settings.mailbox_concurrency, app_concurrency=settings.app_concurrency)
    return build_providers(clock, LocalCallLimits(clock, rules), HttpSettings(), clouds=settings.provider_endpoints)


def jobs_on(connection: AsyncConnection) -> QueuedJobs:
    """Leaves jobs on the connection, and in the transaction, of a unit of work."""
    return QueuedJobs(connection.exec_driver_sql)
