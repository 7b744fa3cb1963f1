"""Access and restriction, as the API and the commands show them."""

from pydantic import Field

from roomstead.application.integration.read_restriction import CounterExample, RestrictionView
from roomstead.application.ports.access import ListedAccess, MustBeRefused
from roomstead.application.ports.providers import Script
from roomstead.domain.access import AccessCause, Capability, Verdict
from roomstead.domain.restriction import RestrictionState
from roomstead.entrypoints.wire.base import Moment, Request, Shape, Text


class AccessShape(Shape):
    """What was found of one mailbox and one capability."""

    address: str
    name: str
    kind: str = Field(description="Whose mailbox: `person`, `room`, `service_account`, `must_be_refused` or `other`.")
    capability: Capability
    verdict: Verdict
    cause: AccessCause
    provider_code: str
    request_id: str
    probed_at: Moment
    changed_at: Moment

    @classmethod
    def of(cls, listed: ListedAccess) -> "AccessShape":
        """The shape of a finding."""
        access = listed.access
        return cls(
            address=access.address,
            name=listed.name,
            kind=listed.kind,
            capability=access.capability,
            verdict=access.verdict,
            cause=access.cause,
            provider_code=access.provider_code,
            request_id=access.request_id,
            probed_at=access.probed_at,
            changed_at=listed.changed_at,
        )


class ProbedAddresses(Request):
    """Whose mailboxes to probe."""

    addresses: list[Text] = Field(min_length=1, max_length=500)


class RefusalReason(Request):
    """Why a mailbox must be refused, for those who read the list later."""

    reason: Text = Field(default="", max_length=500)


class MustBeRefusedShape(Shape):
    """A mailbox that must be refused, and what the last probe found."""

    address: str
    reason: str
    created_at: Moment
    verdict: Verdict | None = Field(description="Null: not tried yet.")
    probed_at: Moment | None

    @classmethod
    def named(cls, named: MustBeRefused) -> "MustBeRefusedShape":
        """The shape of one that was just named."""
        return cls(
            address=named.address, reason=named.reason, created_at=named.created_at, verdict=None, probed_at=None
        )

    @classmethod
    def of(cls, example: CounterExample) -> "MustBeRefusedShape":
        """The shape of a counter-example."""
        found = example.found
        return cls(
            address=example.named.address,
            reason=example.named.reason,
            created_at=example.named.created_at,
            verdict=None if found is None else found.verdict,
            probed_at=None if found is None else found.probed_at,
        )


class ScriptShape(Shape):
    """A script for an admin, filled in with this tenant's addresses; safe to run twice."""

    key: str
    title: str
    explanation: str
    text: str
    is_superseded: bool

    @classmethod
    def of(cls, script: Script) -> "ScriptShape":
        """The shape of a script."""
        return cls(
            key=script.key,
            title=script.title,
            explanation=script.explanation,
            text=script.text,
            is_superseded=script.is_superseded,
        )


class RestrictionShape(Shape):
    """Whether the app is confined, as far as it was proven, and how to confine it."""

    state: RestrictionState
    sentence: str
    app_id: str = Field(description="Our app's id in the tenant.")
    service_account: str | None
    scripts: list[ScriptShape] = Field(description="Best first.")
    must_be_refused: list[MustBeRefusedShape]
    reachable: list[str] = Field(description="Must be refused, and are not.")
    kept_out: list[str] = Field(description="Allowed, and refused.")

    @classmethod
    def of(cls, view: RestrictionView) -> "RestrictionShape":
        """The shape of the page."""
        return cls(
            state=view.restriction.state,
            sentence=view.restriction.sentence,
            app_id=view.facts.app_id,
            service_account=view.facts.service_account,
            scripts=[ScriptShape.of(script) for script in view.scripts],
            must_be_refused=[MustBeRefusedShape.of(example) for example in view.counter_examples],
            reachable=list(view.restriction.reachable),
            kept_out=list(view.restriction.kept_out),
        )
