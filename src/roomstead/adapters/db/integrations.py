"""Rows of integrations and their credentials."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, delete, func, null, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.integration_health import health_told
from roomstead.adapters.db.integration_removal import remove_rows
from roomstead.adapters.db.integration_rows import standing_of, to_integration, to_sealed, to_standing
from roomstead.adapters.db.service_mailboxes import ServiceMailboxRows
from roomstead.adapters.db.tables import credential, integration
from roomstead.application.ports.connections import CURRENT, NEXT
from roomstead.application.ports.integrations import SealedCredential, Standing
from roomstead.domain.errors import Conflict
from roomstead.domain.integration import Attention, ConsentAnswer, CredentialInfo, Integration, IntegrationStatus
from roomstead.domain.mailbox import IntegrationId


class IntegrationStore(ServiceMailboxRows):
    """Implements ``IntegrationRepository``."""

    def __init__(self, connection: AsyncConnection) -> None:
        """``connection`` is inside a transaction that belongs to the unit of work."""
        super().__init__(connection)
        self._connection = connection

    async def add(self, new: Integration, now: datetime) -> None:
        """Store a new integration."""
        stored = await self._connection.execute(
            upsert(integration)
            .values(id=new.id, created_at=now, **_values(new))
            .on_conflict_do_nothing(index_elements=["provider", "tenant", "name"])
            .returning(integration.c.id)
        )
        if stored.first() is None:
            raise _name_taken(new)

    async def get(self, integration_id: IntegrationId) -> Integration | None:
        """One integration."""
        return await self._one(_present().where(integration.c.id == integration_id))

    async def get_for_change(self, integration_id: IntegrationId) -> Integration | None:
        """One integration, locked; not against rows that refer to it, which would stop every booking."""
        return await self._one(_present().where(integration.c.id == integration_id).with_for_update(key_share=True))

    async def all(self) -> Sequence[Integration]:
        """Every integration."""
        rows = await self._connection.execute(_present().order_by(integration.c.name, integration.c.id))
        return [to_integration(row) for row in rows]

    async def save(self, changed: Integration) -> None:
        """Store a changed integration; the caller holds its lock."""
        taken = await self._connection.execute(
            select(integration.c.id).where(
                integration.c.provider == changed.provider,
                integration.c.tenant == changed.tenant,
                integration.c.name == changed.name,
                integration.c.id != changed.id,
            )
        )
        if taken.first() is not None:
            raise _name_taken(changed)
        async with self._health_told(changed.id):
            await self._connection.execute(
                update(integration).where(integration.c.id == changed.id).values(**_values(changed))
            )

    async def remove(self, integration_id: IntegrationId, by: str, now: datetime) -> None:
        """Take it out of use for good."""
        await remove_rows(self._connection, integration_id, by, now)

    async def set_status(self, integration_id: IntegrationId, status: IntegrationStatus) -> None:
        """Say how an integration is doing."""
        async with self._health_told(integration_id):
            await self._connection.execute(
                update(integration).where(integration.c.id == integration_id).values(status=status.value)
            )

    async def call_admin(self, integration_id: IntegrationId, attention: Attention) -> bool:
        """Mark the integration as needing an admin."""
        held = await self.get_for_change(integration_id)
        if held is None or held.status is IntegrationStatus.DISABLED:
            return False
        if held.attention is not None and held.attention.code == attention.code:
            return False
        working = held.status is IntegrationStatus.WORKING
        status = IntegrationStatus.NEEDS_ATTENTION if working else held.status
        async with self._health_told(integration_id):
            await self._connection.execute(
                update(integration)
                .where(integration.c.id == integration_id)
                .values(attention=_attention_values(attention), status=status.value)
            )
        return True

    async def clear_attention(self, integration_id: IntegrationId) -> None:
        """Take the mark away."""
        needs, works = IntegrationStatus.NEEDS_ATTENTION.value, IntegrationStatus.WORKING.value
        status = case((integration.c.status == needs, works), else_=integration.c.status)
        async with self._health_told(integration_id):
            await self._connection.execute(
                update(integration).where(integration.c.id == integration_id).values(attention=null(), status=status)
            )

    def _health_told(self, integration_id: IntegrationId) -> AbstractAsyncContextManager[None]:
        return health_told(self._connection, lambda: self.get(integration_id))

    async def set_consent(self, integration_id: IntegrationId, answer: ConsentAnswer) -> None:
        """Keep what the consent page reported last."""
        stored = {"is_given": answer.is_given, "reason": answer.reason, "at": answer.at.isoformat()}
        await self._connection.execute(
            update(integration).where(integration.c.id == integration_id).values(consent=stored)
        )

    async def learn_domains(self, integration_id: IntegrationId, domains: Sequence[str]) -> None:
        """Add domains that are not there yet, keeping the order of those that are."""
        held = await self.get_for_change(integration_id)
        if held is None:
            return
        together = list(dict.fromkeys([*held.domains, *domains]))
        if len(together) > len(held.domains):
            await self._connection.execute(
                update(integration).where(integration.c.id == integration_id).values(domains=together)
            )

    async def learn_app_object_id(self, integration_id: IntegrationId, app_object_id: str) -> None:
        """Keep the app's own object id."""
        await self._connection.execute(
            update(integration).where(integration.c.id == integration_id).values(app_object_id=app_object_id)
        )

    async def set_next_discovery(self, integration_id: IntegrationId, at: datetime) -> None:
        """When the room list should be read again."""
        await self._connection.execute(
            update(integration).where(integration.c.id == integration_id).values(next_discovery_at=at)
        )

    async def credentials(self, integration_id: IntegrationId) -> Sequence[CredentialInfo]:
        """Both slots without secrets, the current one first."""
        columns = [column for column in credential.c if column.name not in {"sealed", "tier"}]
        rows = await self._connection.execute(
            select(*columns).where(credential.c.integration_id == integration_id).order_by(credential.c.slot)
        )
        return [
            CredentialInfo(row.kind, row.slot, row.settings, row.fingerprint, row.expires_at, row.created_at)
            for row in rows
        ]

    async def sealed_credential(self, integration_id: IntegrationId, slot: str) -> SealedCredential | None:
        """One slot, sealed."""
        query = select(credential).where(credential.c.integration_id == integration_id, credential.c.slot == slot)
        row = (await self._connection.execute(query)).first()
        return None if row is None else to_sealed(row)

    async def standing(self, integration_id: IntegrationId, slot: str) -> Standing | None:
        """One statement: it is read before every call to a provider."""
        row = (await self._connection.execute(standing_of(integration_id, slot))).first()
        return None if row is None else to_standing(row)

    async def put_credential(self, integration_id: IntegrationId, new: SealedCredential) -> None:
        """Store a credential in its slot."""
        values = {
            "kind": new.kind,
            "settings": dict(new.settings),
            "sealed": new.sealed,
            "fingerprint": new.fingerprint,
            "expires_at": new.expires_at,
            "created_at": new.created_at,
            "tier": new.tier,
        }
        await self._connection.execute(
            upsert(credential)
            .values(id=func.gen_random_uuid(), integration_id=integration_id, slot=new.slot, **values)
            .on_conflict_do_update(index_elements=["integration_id", "slot"], set_=values)
        )

    async def promote_credential(self, integration_id: IntegrationId) -> bool:
        """Make the next credential the current one, and with it the tier that it was entered for."""
        following = await self.sealed_credential(integration_id, NEXT)
        if following is None:
            return False
        if following.tier is not None:
            await self._connection.execute(
                update(integration)
                .where(integration.c.id == integration_id)
                .values(tier=following.tier, version=integration.c.version + 1)
            )
        await self.drop_credential(integration_id, CURRENT)
        await self._connection.execute(
            update(credential)
            .where(credential.c.integration_id == integration_id, credential.c.slot == NEXT)
            .values(slot=CURRENT, tier=None)
        )
        return True

    async def drop_credential(self, integration_id: IntegrationId, slot: str) -> None:
        """Forget a credential."""
        await self._connection.execute(
            delete(credential).where(credential.c.integration_id == integration_id, credential.c.slot == slot)
        )

    async def _one(self, query: Select[Any]) -> Integration | None:
        row = (await self._connection.execute(query)).first()
        return None if row is None else to_integration(row)


def due_discoveries(now: datetime, limit: int) -> Select[UUID]:
    """Working integrations whose room list should be read again, by id."""
    return (
        select(integration.c.id)
        .where(integration.c.next_discovery_at <= now, integration.c.status == IntegrationStatus.WORKING.value)
        .order_by(integration.c.next_discovery_at)
        .limit(limit)
    )


def _present() -> Select[Any]:
    """Those that were not removed."""
    return select(integration).where(integration.c.removed_at.is_(None))


def _name_taken(wanted: Integration) -> Conflict:
    return Conflict(
        f"There is already an integration called “{wanted.name}” for this tenant.",
        remedy="Choose another name, or edit the one that is there.",
    )


def _values(of: Integration) -> dict[str, Any]:
    return {
        "provider": of.provider,
        "name": of.name,
        "tenant": of.tenant,
        "endpoints": dict(of.endpoints),
        "tier": of.tier,
        "status": of.status.value,
        "setup_address": of.setup_address,
        "domains": list(of.domains),
        "app_object_id": of.app_object_id,
        "attention": null() if of.attention is None else _attention_values(of.attention),
        "version": of.version,
    }


def _attention_values(of: Attention) -> dict[str, str]:
    return {"code": of.code, "sentence": of.sentence, "remedy": of.remedy, "since": of.since.isoformat()}
