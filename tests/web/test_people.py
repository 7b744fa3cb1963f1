"""People, tokens and the trail over the API."""

import httpx2
from tests.support.plain import PLAIN

from roomstead.bootstrap.service import Roomstead


async def test_a_person_from_adding_to_leaving(admin: httpx2.AsyncClient) -> None:
    made = await admin.post("/people", json={"name": "Jane Doe", "addresses": ["Jane@Contoso.example"]})
    assert made.status_code == 201
    assert made.headers["location"] == f"/api/v1/people/{made.json()['id']}"
    place = made.headers["location"].removeprefix("/api/v1")
    read = await admin.get(place)
    assert read.json() == made.json()
    assert read.json()["addresses"] == ["jane@contoso.example"]
    assert read.headers["etag"] == '"1"'
    left = await admin.patch(place, json={"is_active": False}, headers={"If-Match": read.headers["etag"]})
    assert left.json()["is_active"] is False
    assert left.headers["etag"] == '"2"'
    assert [each["name"] for each in (await admin.get("/people?is_active=false")).json()["items"]] == ["Jane Doe"]


async def test_a_change_says_what_it_was_decided_on(admin: httpx2.AsyncClient) -> None:
    me = (await admin.get("/me")).json()["person"]
    place = f"/people/{me['id']}"
    missing = await admin.patch(place, json={"name": "X"})
    assert (missing.status_code, missing.json()["code"]) == (428, "version_required")
    stale = await admin.patch(place, json={"name": "X"}, headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_revision")
    for nonsense in ("*", "1", '"x"', '"1", "2"', '"99999999999999999999"'):
        wrong = await admin.patch(place, json={"name": "X"}, headers={"If-Match": nonsense})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_input"), nonsense


async def test_pages_are_followed_by_their_cursor(admin: httpx2.AsyncClient) -> None:
    for number in range(5):
        await admin.post("/people", json={"name": f"P{number}", "addresses": [f"p{number}@contoso.example"]})
    names: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await admin.get("/people", params={"limit": 2, "cursor": cursor})).json()
        names += [each["name"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert names == ["P0", "P1", "P2", "P3", "P4", "Robin global_admin"]


async def test_members_read_themselves_and_make_their_own_tokens(
    member: httpx2.AsyncClient, service: Roomstead
) -> None:
    me = (await member.get("/me")).json()
    assert me["role"] == "member"
    assert me["via"] == "api"
    assert (await member.get(f"/people/{me['person']['id']}")).json() == me["person"]
    made = (await member.post("/tokens", json={"name": "door tablet"})).json()
    base = str(member.base_url)
    with_it = {"Authorization": f"Bearer {made['secret']}"}
    async with httpx2.AsyncClient(base_url=base, headers=with_it, verify=PLAIN) as tablet:
        assert (await tablet.get("/me")).json()["person"] == me["person"]
        listed = (await tablet.get("/tokens")).json()["items"]
        assert [each["name"] for each in listed] == ["door tablet", "test"]
        assert not any("secret" in each for each in listed)
        assert (await tablet.delete(f"/tokens/{made['id']}")).status_code == 204
        refused = await tablet.get("/me")
    assert (refused.status_code, refused.json()["detail"]) == (401, "This token was revoked.")
    higher = await member.post("/tokens", json={"name": "x", "role": "global_admin"})
    assert (higher.status_code, higher.json()["code"]) == (403, "forbidden")


async def test_the_trail_is_read_newest_first_and_filtered(admin: httpx2.AsyncClient) -> None:
    made = (await admin.post("/people", json={"name": "Jane", "addresses": ["jane@contoso.example"]})).json()
    trail = (await admin.get("/audit", params={"subject_id": made["id"]})).json()
    (entry,) = trail["items"]
    assert entry["action"] == "person.added"
    assert entry["via"] == "api"
    assert entry["at"].endswith("Z")
    later = await admin.get("/audit", params={"since": entry["at"], "action": "person"})
    assert [each["action"] for each in later.json()["items"]] == ["person.added"]
    before = await admin.get("/audit", params={"until": entry["at"], "subject_id": made["id"]})
    assert before.json() == {"items": [], "next_cursor": None}
