"""What can be connected."""

from roomstead.domain.errors import Forbidden
from roomstead.entrypoints.web.api.router import api_router
from roomstead.entrypoints.web.deps import Cases, CurrentActor
from roomstead.entrypoints.web.problems import documented
from roomstead.entrypoints.wire.base import Listing
from roomstead.entrypoints.wire.providers import ProviderShape

router = api_router("integrations")


@router.get("/providers", summary="See what can be connected", responses=documented(Forbidden))
async def describe_providers(cases: Cases, actor: CurrentActor) -> Listing[ProviderShape]:
    """Credentials, permissions and why each, clouds. For Global Admins."""
    return Listing(items=[ProviderShape.of(each) for each in await cases.describe_providers(actor)])
