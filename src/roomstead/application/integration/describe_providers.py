"""What can be connected, and what each provider asks for."""

from roomstead.application.ports.providers import ProviderDescription, Providers
from roomstead.domain.people import Actor, require_admin


async def describe_providers(actor: Actor, *, providers: Providers) -> tuple[ProviderDescription, ...]:
    """Every provider, in the order in which it is offered. For Global Admins."""
    require_admin(actor)
    return providers.descriptions()
