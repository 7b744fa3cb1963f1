"""Set up, or change, the company's own sign-in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from roomstead.application.person_rules import name_mistake
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.identities import IdentityProviderAway, IdentityProviderFaulty, IdentityProviders
from roomstead.application.ports.people import Subject
from roomstead.application.ports.secrets import Sealer
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.errors import InvalidInput, StaleRevision
from roomstead.domain.identity import IdentityProvider
from roomstead.domain.people import Actor, require_admin

_ISSUER = re.compile(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?")


@dataclass(frozen=True, slots=True)
class EditIdentityProvider:
    """What was entered. An empty secret leaves the stored one; ``version`` 0: there was none yet."""

    version: int
    issuer: str
    label: str
    client_id: str
    secret: str = field(repr=False)
    role_claim: str
    admin_values: Sequence[str]
    domains: Sequence[str]
    adds_people: bool
    is_enabled: bool


async def edit_identity_provider(
    command: EditIdentityProvider,
    actor: Actor,
    *,
    units: UnitsOfWork,
    clock: Clock,
    sealer: Sealer,
    identity_providers: IdentityProviders,
) -> IdentityProvider:
    """Ask the issuer, then store. For Global Admins. Raises InvalidInput and StaleRevision."""
    require_admin(actor)
    entered = _entered(command)
    try:
        issuer = await identity_providers.check(entered)
    except (IdentityProviderFaulty, IdentityProviderAway) as error:
        raise InvalidInput({"issuer": f"{error.message} {error.remedy}".strip()}) from error
    async with units() as uow:
        stored = await uow.identities.provider_for_change()
        if (0 if stored is None else stored.provider.version) != command.version:
            raise StaleRevision(remedy="Load the page again and look at what was changed.")
        sealed = sealer.seal(command.secret.encode()) if command.secret else None
        if sealed is None and stored is not None and stored.provider.issuer == issuer:
            sealed = stored.sealed_secret
        saved = replace(entered, issuer=issuer, has_secret=sealed is not None, version=command.version + 1)
        await uow.identities.put_provider(saved, sealed)
        detail = {"issuer": issuer, "adds_people": saved.adds_people, "is_enabled": saved.is_enabled}
        await uow.audit.record("sign_in.edited", Subject("sign_in"), actor, at=clock.now(), detail=detail)
        await uow.commit()
    return saved


def _entered(command: EditIdentityProvider) -> IdentityProvider:
    issuer = command.issuer.strip()
    mistakes = {"label": name_mistake(command.label)}
    if not _ISSUER.fullmatch(issuer):
        mistakes["issuer"] = "Enter the issuer's whole address, such as https://login.contoso.example."
    if not command.client_id.strip():
        mistakes["client_id"] = "Enter the client id that the provider gave this Roomstead."
    if command.role_claim.strip() and not command.admin_values:
        mistakes["admin_values"] = "Name at least one value that makes somebody a Global Admin."
    domains = tuple(dict.fromkeys(each.strip().lower().removeprefix("@") for each in command.domains if each.strip()))
    if any("@" in each or "." not in each for each in domains):
        mistakes["domains"] = "Enter domains such as contoso.example, without names before them."
    if command.adds_people and not domains and "domains" not in mistakes:
        mistakes["domains"] = "Name the domains whose people are added, so that strangers stay outside."
    if any(mistakes.values()):
        raise InvalidInput({name: sentence for name, sentence in mistakes.items() if sentence})
    return IdentityProvider(
        issuer=issuer,
        label=command.label.strip(),
        client_id=command.client_id.strip(),
        role_claim=command.role_claim.strip(),
        admin_values=tuple(dict.fromkeys(each.strip() for each in command.admin_values if each.strip())),
        domains=domains,
        adds_people=command.adds_people,
        is_enabled=command.is_enabled,
    )
