"""A saved world wakes up with its Google tenant as it was, and a world may hold both providers' tenants."""

from copy import deepcopy
from pathlib import Path

from tests.sandbox.google.conftest import BOT, JANE, NOW, Rehearsal, refusal, room

from roomstead_sandbox.app import create_app
from roomstead_sandbox.world.world import World


def _kept(rehearsal: Rehearsal) -> object:
    state = rehearsal.state
    parts = (state.cloud, state.customers, state.accounts, state.buildings, state.resources, state.tokens, state.book)
    return deepcopy(parts)


def test_everything_comes_back(rehearsal: Rehearsal, tmp_path: Path) -> None:
    path = str(tmp_path / "world")
    service = rehearsal.calendar(BOT)
    service.calendars().get(calendarId="primary").execute()
    held = rehearsal.order("consent", user=JANE, scopes=["calendar"])["refresh_token"]
    rehearsal.order("share", calendar=room("tram"), **{"with": BOT, "role": "reader"})
    rehearsal.order("quotas", events_created=7)
    rehearsal.order("withdraw-delegation", propagation_seconds=60)
    rehearsal.control.post("save", {"path": path})
    before = rehearsal.call(lambda: _kept(rehearsal))
    rehearsal.control.post("reset", {"seed": "empty"})
    assert "google_key_json" not in rehearsal.endpoints
    rehearsal.control.post("load", {"path": path})
    assert rehearsal.call(lambda: _kept(rehearsal)) == before
    service.calendars().get(calendarId=room("tram")).execute()  # the same token is still good
    assert held in rehearsal.state.cloud.consents
    assert rehearsal.state.quotas.limits.events_created == 7


def test_no_trace_of_it_after_a_reset(rehearsal: Rehearsal) -> None:
    service = rehearsal.calendar(BOT)
    service.calendars().get(calendarId="primary").execute()
    rehearsal.control.post("reset", {"seed": "contoso"})
    credentials = rehearsal.http.get(
        f"{rehearsal.endpoints['google_calendar_base']}/calendars/primary",
        headers={"Authorization": f"Bearer {service._http.credentials.token}"},
    )
    assert credentials.status_code == 401
    assert not rehearsal.state.customers
    assert not rehearsal.state.book.entries


def test_both_tenants_side_by_side() -> None:
    sandbox = create_app(World(now=NOW))
    sandbox.fill("both")
    told = sandbox.endpoints("http://127.0.0.1:1")
    names = {tenant.name: tenant.face for tenant in sandbox.world.directory.tenants.values()}
    assert names == {"Contoso": "microsoft", "Corp": "google"}
    assert told["tenant_id"] == "84bd8158-6d4d-4958-8b9f-9d6445542f95"
    assert told["google_customer_id"] == "C03corp7x"
    assert sandbox.world.now() == NOW
    kinds = {user.mail for user in sandbox.world.directory.users.values() if user.display_name == "Jane Doe"}
    assert kinds == {JANE, "jane.doe@contoso.example"}


def test_tenants_of_google_are_unknown_to_microsoft(rehearsal: Rehearsal) -> None:
    sandbox = create_app(World(now=NOW))
    sandbox.fill("corp")
    assert "client_secret" not in sandbox.endpoints("http://127.0.0.1:1")
    assert refusal(rehearsal.calendar(BOT).calendars().get(calendarId="jane.doe@contoso.example")) == (404, "notFound")
