"""The API over real HTTP: the application behind uvicorn on a free port of this machine, on a database of its own."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
import uvicorn
from tests.support.plain import PLAIN

from roomstead.application.people.add_person import AddPerson
from roomstead.application.people.create_token import CreateToken
from roomstead.bootstrap.service import Roomstead, build
from roomstead.config import Settings, load
from roomstead.domain.people import OPERATOR, Role
from roomstead.entrypoints.web.app import create_app


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a fresh installation."""
    return load(data_dir=tmp_path / "data", support_contact="it-help@contoso.example", port=0)


@pytest.fixture
async def service(database_url: str, settings: Settings) -> AsyncIterator[Roomstead]:
    """The built service."""
    async with build(settings, database_url) as built:
        yield built


@pytest.fixture
async def base_url(service: Roomstead) -> AsyncIterator[str]:
    """Where the running application is."""
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(service), host="127.0.0.1", port=service.settings.port, log_config=None, lifespan="off"
        )
    )
    running = asyncio.create_task(server.serve())
    while not server.started:
        if running.done():
            await running
        await asyncio.sleep(0.001)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await running


async def _client(service: Roomstead, base_url: str, role: Role | None) -> httpx2.AsyncClient:
    headers = {}
    if role is not None:
        address = f"{role.value}.{uuid.uuid4().hex[:6]}@contoso.example"
        person = await service.cases.add_person(AddPerson(f"Robin {role.value}", [address], role), OPERATOR)
        made = await service.cases.create_token(CreateToken(person.id, "test"), OPERATOR)
        headers["Authorization"] = f"Bearer {made.secret}"
    return httpx2.AsyncClient(base_url=f"{base_url}/api/v1", headers=headers, verify=PLAIN, timeout=60)


@pytest.fixture
async def admin(service: Roomstead, base_url: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A Global Admin."""
    async with await _client(service, base_url, Role.GLOBAL_ADMIN) as client:
        yield client


@pytest.fixture
async def member(service: Roomstead, base_url: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A member."""
    async with await _client(service, base_url, Role.MEMBER) as client:
        yield client


@pytest.fixture
async def nobody(service: Roomstead, base_url: str) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody without a token."""
    async with await _client(service, base_url, None) as client:
        yield client
