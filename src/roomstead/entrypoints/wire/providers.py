"""Providers, as the API and the commands show them."""

from roomstead.application.ports.providers import CredentialKind, ProviderDescription, Tier
from roomstead.entrypoints.wire.base import Shape


class CredentialFieldShape(Shape):
    """One field of a credential."""

    name: str
    label: str
    help: str
    is_secret: bool
    is_multiline: bool
    is_optional: bool


class CredentialKindShape(Shape):
    """A way to authenticate."""

    key: str
    label: str
    fields: list[CredentialFieldShape]

    @classmethod
    def of(cls, kind: CredentialKind) -> "CredentialKindShape":
        """The shape of a kind."""
        fields = [
            CredentialFieldShape(
                name=each.name,
                label=each.label,
                help=each.help,
                is_secret=each.is_secret,
                is_multiline=each.is_multiline,
                is_optional=each.is_optional,
            )
            for each in kind.fields
        ]
        return cls(key=kind.key, label=kind.label, fields=fields)


class PermissionShape(Shape):
    """A permission, and why it is asked for."""

    key: str
    why: str
    is_per_mailbox: bool
    is_optional: bool


class TierShape(Shape):
    """How much access an admin gives."""

    number: int
    label: str
    permissions: list[PermissionShape]

    @classmethod
    def of(cls, tier: Tier) -> "TierShape":
        """The shape of a tier."""
        permissions = [
            PermissionShape(
                key=each.key, why=each.why, is_per_mailbox=each.is_per_mailbox, is_optional=each.is_optional
            )
            for each in tier.permissions
        ]
        return cls(number=tier.number, label=tier.label, permissions=permissions)


class ProviderShape(Shape):
    """What can be connected, and what it asks for."""

    key: str
    label: str
    clouds: dict[str, dict[str, str]]
    credential_kinds: list[CredentialKindShape]
    tiers: list[TierShape]

    @classmethod
    def of(cls, description: ProviderDescription) -> "ProviderShape":
        """The shape of a description."""
        return cls(
            key=description.key,
            label=description.label,
            clouds={name: dict(endpoints) for name, endpoints in description.clouds.items()},
            credential_kinds=[CredentialKindShape.of(kind) for kind in description.credential_kinds],
            tiers=[TierShape.of(tier) for tier in description.tiers],
        )
