"""The use cases of people on a database of the test's own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from roomstead.bootstrap.service import Roomstead, build
from roomstead.bootstrap.use_cases import UseCases
from roomstead.config import load


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Roomstead]:
    """The built service."""
    async with build(load(data_dir=tmp_path / "data"), database_url, pool_size=16) as built:
        yield built


@pytest.fixture
def cases(service: Roomstead) -> UseCases:
    """Its use cases."""
    return service.cases
