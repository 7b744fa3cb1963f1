"""Rows of the send ledger."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.tables import send_ledger
from roomstead.application.ports.ledger import Mailing


class LedgerStore:
    """Implements ``SendLedger``."""

    def __init__(self, connection: AsyncConnection) -> None:
        """``connection`` is inside a transaction that belongs to the unit of work."""
        self._connection = connection

    async def enter(self, mailing: Mailing) -> None:
        """The first entry of an act stays."""
        await self._connection.execute(
            insert(send_ledger)
            .values(
                integration_id=mailing.integration_id,
                host_address=mailing.host,
                at=mailing.at,
                kind=mailing.kind.value,
                intent_id=mailing.act_id,
                recipients=mailing.recipients,
                outsiders=mailing.outsiders,
            )
            .on_conflict_do_nothing(index_elements=["intent_id"])
        )
