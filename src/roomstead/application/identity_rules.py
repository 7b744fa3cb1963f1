"""What a company's word about somebody leads to here."""

import uuid
from dataclasses import replace
from datetime import datetime

from roomstead.application.person_rules import LONGEST_NAME, name_mistake
from roomstead.application.ports.identities import IdentityRefused
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitOfWork
from roomstead.domain.identity import Claims, IdentityProvider, is_let_in, role_by, verified_address
from roomstead.domain.mailbox import Address
from roomstead.domain.people import SYSTEM, Person, PersonId, Role

_ASK = "Ask a Global Admin of your organisation to add you."


async def person_for(claims: Claims, provider: IdentityProvider, uow: UnitOfWork, now: datetime) -> Person:
    """Whose account it is: known from before, else by the address that the provider vouches for, else somebody new.

    Raises IdentityRefused.
    """
    known = await uow.identities.person_of(claims.issuer, claims.subject)
    address = verified_address(claims)
    if address is not None and not is_let_in(address, provider):
        raise IdentityRefused("Addresses of your domain may not sign in here.", remedy=_ASK)
    if known is None:
        if address is None:
            raise IdentityRefused(
                "Your organisation's account has no confirmed e-mail address, so we cannot tell who you are.",
                remedy="Use your organisation's account, not a private one, and confirm its address there; "
                "or ask a Global Admin.",
            )
        known = await uow.people.by_address(address) or await _added(claims, address, provider, uow, now)
    if not known.is_active:
        raise IdentityRefused("You may not sign in here any more.", remedy="Ask a Global Admin to let you in again.")
    await uow.identities.know(claims.issuer, claims.subject, known.id, now)
    return await _with_role(known, role_by(claims, provider), uow, now)


async def _added(
    claims: Claims, address: Address, provider: IdentityProvider, uow: UnitOfWork, now: datetime
) -> Person:
    if not provider.adds_people:
        raise IdentityRefused(f"Nobody here has the address {address}.", remedy=_ASK)
    name = claims.name.strip()[:LONGEST_NAME]
    person = Person(
        PersonId(uuid.uuid4()),
        address.partition("@")[0] if name_mistake(name) else name,
        (address,),
        role_by(claims, provider) or Role.MEMBER,
    )
    await uow.people.add(person)
    detail = {"role": person.role.value, "by": "sign-in"}
    await uow.audit.record("person.added", Subject("person", person.id), SYSTEM, at=now, detail=detail)
    return person


async def _with_role(person: Person, role: Role | None, uow: UnitOfWork, now: datetime) -> Person:
    """The person with the role that the provider's word gives; the last Global Admin stays one."""
    if role is None or role is person.role:
        return person
    if role is Role.MEMBER and await uow.people.lock_admins() == 1:
        return person
    present = await uow.people.get_for_change(person.id)
    if present is None:
        return person
    changed = replace(present, role=role, version=present.version + 1)
    await uow.people.save(changed)
    detail = {"role": role.value, "fields": ["role"], "by": "sign-in"}
    await uow.audit.record("person.edited", Subject("person", person.id), SYSTEM, at=now, detail=detail)
    return changed
