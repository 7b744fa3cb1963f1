"""Sign-in with a company's own account (OpenID Connect): what is set up, what a provider says, what follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from roomstead.domain.mailbox import Address, InvalidAddress, domain_of, parse_address
from roomstead.domain.people import Role


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """An OpenID provider, and what its word is worth here.

    ``role_claim`` empty: roles are given by hand. ``domains`` empty: addresses of all domains.
    """

    issuer: str
    label: str
    """What people call it: “Sign in with …”."""
    client_id: str
    role_claim: str = ""
    admin_values: tuple[str, ...] = ()
    """Values of the claim that make somebody a Global Admin."""
    domains: tuple[str, ...] = ()
    adds_people: bool = False
    """Whether somebody unknown is added at first sign-in."""
    is_enabled: bool = True
    has_secret: bool = False
    version: int = 1


@dataclass(frozen=True, slots=True)
class Claims:
    """What a provider says about somebody, after its word was checked."""

    issuer: str
    subject: str
    """Never given to anybody else by this issuer (OpenID Connect Core 1.0, 2)."""
    email: str = ""
    is_email_verified: bool = False
    name: str = ""
    all: Mapping[str, object] = field(default_factory=dict, repr=False)

    def values_of(self, claim: str) -> frozenset[str]:
        """The values of a claim, which may be one text, a list, or lie deeper (``realm_access.roles``)."""
        value: object = self.all.get(claim)
        if value is None and "." in claim:
            value = self.all
            for step in claim.split("."):
                value = value.get(step) if isinstance(value, Mapping) else None
        if isinstance(value, list):
            return frozenset(str(each) for each in value)
        return frozenset() if value is None else frozenset({str(value)})


def verified_address(claims: Claims) -> Address | None:
    """The address that the provider vouches for; None: it vouches for none."""
    if not claims.is_email_verified:
        return None
    try:
        return parse_address(claims.email)
    except InvalidAddress:
        return None


def is_let_in(address: Address, provider: IdentityProvider) -> bool:
    """Whether addresses of that domain may come in."""
    return not provider.domains or domain_of(address) in provider.domains


def role_by(claims: Claims, provider: IdentityProvider) -> Role | None:
    """The role that the provider's word gives; None: roles are given by hand."""
    if not provider.role_claim:
        return None
    return Role.GLOBAL_ADMIN if claims.values_of(provider.role_claim) & set(provider.admin_values) else Role.MEMBER
