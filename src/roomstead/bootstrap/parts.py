"""What the web, commands and workers are made of alike."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cached_property

from roomstead.adapters.db.unit_of_work import JobsOn
from roomstead.adapters.jobs.queue import QueuedJobs
from roomstead.adapters.secrets import Sealer, load_sealer
from roomstead.application.policy import Policy, Writes
from roomstead.application.ports.calendar import CalendarProvider
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.limits import CallLimits, LimitRules
from roomstead.application.ports.mail import Mailer
from roomstead.application.ports.providers import Connection, ProviderDescription, ProviderGuide, Providers
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


def mailer_of(settings: Settings) -> Mailer | None:
    """What hands mail to the server; None: no mail is sent."""
    if settings.smtp_url is None or settings.mail_from is None:
        return None
    from roomstead.adapters.http.transport import make_tls_context
    from roomstead.adapters.mail.server import server_of
    from roomstead.adapters.mail.smtp import SmtpMailer

    return SmtpMailer(server_of(settings.smtp_url.get_secret_value()), settings.mail_from, make_tls_context(None))


def call_rules_of(settings: Settings) -> LimitRules:
    """The bounds within which a provider's app is called."""
    return LimitRules(mailbox_concurrency=settings.mailbox_concurrency, app_concurrency=settings.app_concurrency)


def providers_of(settings: Settings, clock: Clock, limits: CallLimits | None = None) -> Providers:
    """The providers, with the clouds and limits of the settings; ``limits``: shared with other processes."""
    from roomstead.adapters.http.limits import LocalCallLimits
    from roomstead.adapters.http.transport import HttpSettings
    from roomstead.adapters.providers.registry import build_providers

    kept = limits or LocalCallLimits(clock, call_rules_of(settings))
    return build_providers(clock, kept, HttpSettings(), clouds=settings.provider_endpoints)


class LazyProviders:
    """Implements ``Providers`` for processes that never call one: what it takes to call is loaded when first asked."""

    def __init__(self, load: Callable[[], Providers]) -> None:
        """``load`` is called once."""
        self._load = load

    @cached_property
    def _loaded(self) -> Providers:
        return self._load()

    def descriptions(self) -> tuple[ProviderDescription, ...]:
        """Every provider."""
        return self._loaded.descriptions()

    def describe(self, key: str) -> ProviderDescription:
        """One provider."""
        return self._loaded.describe(key)

    def guide(self, key: str) -> ProviderGuide:
        """Its set-up knowledge."""
        return self._loaded.guide(key)

    def connect(self, connection: Connection) -> CalendarProvider:
        """A provider for this connection."""
        return self._loaded.connect(connection)

    async def redeem(self, connection: Connection) -> Mapping[str, str] | None:
        """Trade in what a mailbox's own sign-in brought."""
        return await self._loaded.redeem(connection)


jobs_on: JobsOn = lambda connection: QueuedJobs(connection.exec_driver_sql)  # noqa: E731 - typed by what it is for
"""Leaves jobs on the connection, and in the transaction, of a unit of work."""
