"""The figures are for whoever has the token; without one, for this machine alone, not for who comes through a proxy."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from tests.support.plain import PLAIN

from roomstead.config import Settings, SettingsInvalid, load

TOKEN, OTHER = "sixteen-letters-at-least", "another-one-as-long"


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings with what the test asks for; FILE stands for a path."""
    asked = {name: tmp_path / value if isinstance(value, Path) else value for name, value in request.param.items()}
    return load(data_dir=tmp_path / "data", port=0, **asked)


@pytest.fixture
async def http(base_url: str) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody on this machine."""
    async with httpx2.AsyncClient(base_url=base_url, verify=PLAIN) as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def read(http: httpx2.AsyncClient, headers: dict[str, str] | None = None) -> int:
    answer = await http.get("/metrics", headers=headers or {})
    assert ("roomstead_jobs_waiting" in answer.text) is (answer.status_code == 200)
    return answer.status_code


@pytest.mark.parametrize("settings", [{}], indirect=True)
async def test_without_a_token_only_this_machine_reads_them(http: httpx2.AsyncClient) -> None:
    assert await read(http) == 200
    assert await read(http, bearer("whatever")) == 200
    for name, value in (
        ("X-Forwarded-For", "203.0.113.9"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("X-Forwarded-Proto", "https"),
        ("Forwarded", "for=127.0.0.1"),
        ("Via", "1.1 proxy"),
        ("X-Real-IP", "127.0.0.1"),
    ):
        refused = await http.get("/metrics", headers={name: value})
        assert refused.status_code == 403, name
        assert "ROOMSTEAD_METRICS_TOKEN" in refused.json()["remedy"]


@pytest.mark.parametrize("settings", [{"metrics_token": TOKEN}], indirect=True)
async def test_with_a_token_it_is_asked_for_from_everywhere(http: httpx2.AsyncClient) -> None:
    assert await read(http, bearer(TOKEN)) == 200
    assert await read(http, {**bearer(TOKEN), "X-Forwarded-For": "203.0.113.9"}) == 200
    for wrong in (
        {},
        {"Authorization": "Bearer"},
        bearer(TOKEN[:-1]),
        bearer(TOKEN + "x"),
        {"Authorization": f"Basic {TOKEN}"},
    ):
        refused = await http.get("/metrics", headers=wrong)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Bearer")
        assert TOKEN not in refused.text
    assert (await http.get("/metrics", headers=[(b"Authorization", b"Bearer \xff\xfe")])).status_code == 401


@pytest.mark.parametrize("settings", [{"metrics_token_file": Path("token")}], indirect=True)
async def test_a_token_in_a_file_can_be_replaced_while_it_runs(http: httpx2.AsyncClient, settings: Settings) -> None:
    file = settings.metrics_token_file
    assert file is not None
    missing = await http.get("/metrics", headers=bearer(TOKEN))
    assert missing.json()["code"] == "metrics_token_missing"
    for useless in ("", "\n", "short\n"):
        file.write_text(useless)
        assert (await http.get("/metrics")).status_code == missing.status_code != 200
    file.write_text(f"{TOKEN}\n")
    assert await read(http, bearer(TOKEN)) == 200
    assert await read(http) == 401
    file.write_text(f"{TOKEN}\n{OTHER}\n")
    assert [await read(http, bearer(each)) for each in (TOKEN, OTHER)] == [200, 200]
    file.write_text(f"{OTHER}\n")
    assert [await read(http, bearer(each)) for each in (TOKEN, OTHER)] == [401, 200]


@pytest.mark.parametrize("short", ["x", "fifteen-letters", "sixteen-letters\nand-more"])
def test_a_token_that_can_be_guessed_is_refused_at_start_and_not_repeated(short: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        load(metrics_token=short)
    assert "ROOMSTEAD_METRICS_TOKEN" in refused.value.mistakes
    assert short not in refused.value.mistakes["ROOMSTEAD_METRICS_TOKEN"] or short == "x"
