"""The rehearsal tenants that the demo connects; their words are their providers', so they are data."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from roomstead.entrypoints.demo.api import Json


@dataclass(frozen=True, slots=True)
class Tenant:
    """One tenant: how it is connected, and who is in reach there.

    ``tenant``, ``endpoints`` and ``credential`` name what the rehearsal tenant tells when it is ready.
    """

    provider: str
    name: str
    label: str
    calendar: str
    admin: str
    domain: str
    service_account: str
    kept_out: str
    in_reach: tuple[str, ...]
    out_of_reach: tuple[str, ...]
    tier: int
    tenant: str
    credential_kind: str
    control: str
    endpoints: Mapping[str, str]
    credential: Mapping[str, str]
    outage: Mapping[str, Json]
    prepare: tuple[Mapping[str, Json], ...] = ()
    """What an admin of the tenant does beforehand: orders to its control API, with their bodies."""

    def form(self, told: Mapping[str, object]) -> dict[str, Json]:
        """What connects it, given what the rehearsal tenant told."""
        return {
            "provider": self.provider,
            "name": self.name,
            "tenant": told[self.tenant],
            "endpoints": {name: told[key] for name, key in self.endpoints.items()},
            "tier": self.tier,
            "credential": {
                "kind": self.credential_kind,
                "fields": {name: told[key] for name, key in self.credential.items()},
            },
            "address": self.service_account,
            "use_as_service_account": True,
            "domains": [self.domain],
        }


def _load() -> Mapping[str, Tenant]:
    read: dict[str, dict[str, Json]] = tomllib.loads((Path(__file__).parent / "tenants.toml").read_text("utf-8"))
    return {key: _tenant(table) for key, table in read.items()}


def _tenant(table: Mapping[str, Json]) -> Tenant:
    values: dict[str, Json] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in table.items()
    }
    return Tenant(**values)


TENANTS = _load()
"""All of them, by a short name."""
CONTOSO = TENANTS["contoso"]
CORP = TENANTS["corp"]
