"""Settings: read from the environment, checked all at once, each with its sentence.

The reference page of the documentation is generated from the fields below, so what is said there is what holds.
"""

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from roomstead.config.values import (
    Endpoints,
    Networks,
    WebAddress,
    absolute_folder,
    checked_postgres_url,
    checked_smtp_url,
    default_data_dir,
    listed,
    long_secret,
    mail_sender,
    parsed,
)
from roomstead.domain.errors import NeedsAdmin

PREFIX = "ROOMSTEAD_"


class SettingsInvalid(NeedsAdmin):
    """Some settings have mistakes."""

    code = "settings_invalid"

    def __init__(self, mistakes: Mapping[str, str]) -> None:
        """`mistakes` maps the name of each wrong variable to what is wrong and how it should look."""
        self.mistakes = dict(mistakes)
        lines = "\n".join(f"  {name}: {what}" for name, what in self.mistakes.items())
        count = len(self.mistakes)
        super().__init__(
            f"{count} setting{'s have mistakes' if count > 1 else ' has a mistake'}:\n{lines}",
            remedy="Mend the variables above; docs/reference/settings.md explains each.",
        )


class Settings(BaseSettings):
    """How this Roomstead runs. Every field is the environment variable `ROOMSTEAD_` plus its name."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True)

    data_dir: Annotated[Path, AfterValidator(absolute_folder)] = Field(
        default_factory=default_data_dir,
        description="Folder for the embedded database and the sealing key. Only one Roomstead may use it at a time.",
        examples=["/var/lib/roomstead"],
        json_schema_extra={"shown_default": "the platform's data folder; for root `/var/lib/roomstead`"},
    )
    database_url: Annotated[SecretStr, AfterValidator(checked_postgres_url)] | None = Field(
        default=None,
        description="PostgreSQL 15 or newer to use. Without it Roomstead runs its own PostgreSQL in the data folder.",
        examples=["postgresql://roomstead:PASSWORD@localhost/roomstead"],
    )
    embedded_user: str = Field(
        default="nobody",
        min_length=1,
        description="Account that runs the embedded database when Roomstead is started as root, "
        "because PostgreSQL refuses to run as root.",
        examples=["roomstead"],
    )
    sealing_keys: Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(listed)] = Field(
        default=(),
        description="Keys that seal stored credentials, separated by commas: the first seals, all of them open. "
        "Without any, the key file is used.",
        examples=["NEW_KEY,OLD_KEY"],
    )
    sealing_key_file: Annotated[Path, AfterValidator(absolute_folder)] | None = Field(
        default=None,
        description="File with the sealing keys, one a line, readable by its owner alone. It is created at first use.",
        examples=["/etc/roomstead/sealing.key"],
        json_schema_extra={"shown_default": "`sealing.key` in the data folder"},
    )
    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Address that the web server listens on. Put a proxy with TLS before it to be reached by others.",
        examples=["127.0.0.1"],
    )
    port: int = Field(
        default=8700,
        ge=0,
        le=65535,
        description="Port that the web server listens on; 0 takes any free one.",
        examples=["8700"],
    )
    public_url: WebAddress | None = Field(
        default=None,
        description="Address under which people, and providers, reach this Roomstead from outside. "
        "Without it there are no links in messages and changes are found by polling.",
        examples=["https://rooms.contoso.example"],
    )
    trusted_proxies: str = Field(
        default="127.0.0.1",
        description="Addresses or networks of the proxies before this Roomstead, separated by commas. Only from them "
        "is it believed who asks (`X-Forwarded-For`) and by which scheme (`X-Forwarded-Proto`).",
        examples=["10.0.0.0/8"],
    )
    smtp_url: Annotated[SecretStr, AfterValidator(checked_smtp_url)] | None = Field(
        default=None,
        description="Mail server that takes mail to people. `smtp://` is protected by STARTTLS, `smtps://` by TLS from "
        "the first byte; `?starttls=off` allows neither, for a server on a network of your own. "
        "Without it, or without `ROOMSTEAD_MAIL_FROM`, no mail is sent.",
        examples=["smtp://roomstead:PASSWORD@mail.contoso.example:587"],
    )
    mail_from: Annotated[str, AfterValidator(mail_sender)] | None = Field(
        default=None,
        description="Sender of mail to people.",
        examples=["Meeting rooms <rooms@contoso.example>"],
    )
    webhook_networks: Annotated[Networks, NoDecode, BeforeValidator(listed)] = Field(
        default=(),
        description="Networks of your own that webhooks may be sent to, separated by commas. Without it only public "
        "addresses are called, and over https alone.",
        examples=["10.20.0.0/16,127.0.0.1/32"],
    )
    webhook_log_days: float = Field(
        default=30,
        gt=0,
        le=365,
        description="How long the log of webhooks, and what was sent, is kept.",
        examples=["30"],
    )
    metrics_token: Annotated[SecretStr, AfterValidator(long_secret)] | None = Field(
        default=None,
        description="Token with which `/metrics` is read, as Prometheus sends it (`authorization: credentials`). "
        "Without it, and without `ROOMSTEAD_METRICS_TOKEN_FILE`, only this machine itself may read it.",
        examples=["AT_LEAST_16_CHARACTERS"],
    )
    metrics_token_file: Annotated[Path, AfterValidator(absolute_folder)] | None = Field(
        default=None,
        description="File with the token for `/metrics`; several, one a line, all count, so that one can be replaced "
        "without a gap. It is read anew each time.",
        examples=["/etc/roomstead/metrics.token"],
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description="How much is logged. Titles, texts, addresses and secrets never are, at any level.",
        examples=["info"],
    )
    log_format: Literal["json", "console"] = Field(
        default="console",
        description="`json` writes one object a line for a log collector, `console` lines for people.",
        examples=["json"],
    )
    dry_run: bool = Field(
        default=False,
        description="Read for real, but show what would be written to mailboxes instead of sending it: "
        "for the first day on a real tenant.",
        examples=["true"],
    )
    support_contact: str = Field(
        default="",
        description="Whom people should ask for help, shown with every error: an address, a page or a phone number.",
        examples=["it-help@contoso.example"],
    )
    guide_url: WebAddress | None = Field(
        default=None,
        description="Address of your own guide for admins, linked from errors in place of this documentation.",
        examples=["https://intranet.contoso.example/rooms"],
    )
    poll_interval_seconds: float = Field(
        default=900,
        gt=0,
        description="How long a mailbox that cannot notify us is left alone before its changes are read again.",
        examples=["900"],
    )
    access_max_age_seconds: float = Field(
        default=900,
        ge=0,
        description="How long a proven access to a mailbox is believed; older than this, it is tried before a write.",
        examples=["900"],
    )
    room_answer_deadline_seconds: float = Field(
        default=600,
        gt=0,
        description="How long a room may stay silent before its booking is shown as unanswered.",
        examples=["600"],
    )
    mailbox_concurrency: int = Field(
        default=4,
        ge=1,
        description="How many calls about one mailbox run at a time. Providers slow down who sends more.",
        examples=["4"],
    )
    app_concurrency: int = Field(
        default=16,
        ge=1,
        description="How many calls run at a time for one integration, over all workers.",
        examples=["16"],
    )
    worker_concurrency: int = Field(
        default=8, ge=1, description="How many jobs one worker process does at a time.", examples=["8"]
    )
    provider_endpoints: Annotated[Endpoints, NoDecode, BeforeValidator(parsed)] = Field(
        default_factory=dict,
        description="Further clouds of a provider, as JSON: provider, cloud, then the name and address of each "
        "endpoint. Used for national clouds and for the rehearsal tenant.",
        examples=['{"PROVIDER": {"CLOUD": {"login": "https://login.example", "api": "https://api.example"}}}'],
        json_schema_extra={"shown_default": "none"},
    )

    @property
    def sends_mail(self) -> bool:
        """Whether people are told by mail: both the server and the sender are set."""
        return self.smtp_url is not None and self.mail_from is not None

    @property
    def key_file(self) -> Path:
        """Where the sealing keys are when they do not come from the environment."""
        return self.sealing_key_file or self.data_dir / "sealing.key"


def variable(field: str) -> str:
    """The environment variable of a field."""
    return f"{PREFIX}{field.upper()}"


def load(**given: object) -> Settings:
    """Read the settings from the environment; `given` values (a command's options) win.

    Raises `SettingsInvalid` with every mistake at once; values of secret settings are never repeated.
    """
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks what it is given
    except ValidationError as error:
        mistakes: dict[str, str] = {}
        for found in error.errors(include_url=False):
            field = str(found["loc"][0])
            mistakes.setdefault(variable(field), _explain(Settings.model_fields[field], found["msg"], found["input"]))
        raise SettingsInvalid(mistakes) from None


def _explain(field: FieldInfo, complaint: str, value: object) -> str:
    is_secret = "SecretStr" in str(field.annotation)
    shown = "" if is_secret else f" (it is {str(value)[:60]!r})"
    what = complaint.removeprefix("Value error, ").rstrip(".")
    return f"{what}{shown}. {field.description} For example: {(field.examples or [''])[0]}"


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """A sentence for every `ROOMSTEAD_…` variable that is no setting, with the name that was probably meant."""
    known = [field.upper() for field in Settings.model_fields]
    sentences = []
    for name in sorted(name for name in environment if name.startswith(PREFIX)):
        field = name.removeprefix(PREFIX)
        if field not in known:
            near = difflib.get_close_matches(field, known, n=1)
            hint = f" Did you mean {PREFIX}{near[0]}?" if near else ""
            sentences.append(f"{name} is not a setting of Roomstead and does nothing.{hint}")
    return sentences
