"""The directory of Corp with Google's own client: rooms, buildings, features, users."""

from typing import Any

import pytest
from tests.sandbox.google.conftest import ADMIN, BOT, DOMAIN, JANE, Json, Rehearsal, refusal, room

CUSTOMER = "C03corp7x"


@pytest.fixture
def directory(rehearsal: Rehearsal) -> Any:  # noqa: ANN401  (a discovered client)
    """As the admin."""
    return rehearsal.directory()


def _rooms(directory: Any, **asked: object) -> list[Json]:  # noqa: ANN401  (as above)
    rooms = directory.resources().calendars()
    request, found = rooms.list(customer="my_customer", **asked), []
    while request is not None:
        page = request.execute()
        found += page.get("items", [])
        request = rooms.list_next(request, page)
    return found


def test_every_room_with_what_is_known_of_it(directory: Any) -> None:  # noqa: ANN401  (as above)
    rooms = {item["resourceName"]: item for item in _rooms(directory)}
    assert len(rooms) == 12
    tulip = rooms["Tulip"]
    assert tulip["resourceEmail"] == room("tulip")
    assert tulip["generatedResourceName"] == "AMS-G-Tulip (8)"
    assert (tulip["buildingId"], tulip["floorName"], tulip["capacity"]) == ("AMS", "G", 8)
    assert [i["feature"]["name"] for i in tulip["featureInstances"]] == ["Whiteboard", "Video conferencing"]
    assert "featureInstances" not in rooms["Sardine"]
    same = directory.resources().calendars().get(customer=CUSTOMER, calendarResourceId=tulip["resourceId"]).execute()
    assert same == tulip


def test_rooms_by_pages(directory: Any) -> None:  # noqa: ANN401  (as above)
    assert _rooms(directory, maxResults=5) == _rooms(directory)
    rooms = directory.resources().calendars()
    assert refusal(rooms.list(customer="my_customer", pageToken="bm9uc2Vuc2U=")) == (400, "invalid")
    token = rooms.list(customer="my_customer", maxResults=5).execute()["nextPageToken"]
    assert refusal(rooms.list(customer="my_customer", query="capacity=8", pageToken=token)) == (400, "invalid")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("buildingId=LIS AND capacity=2", ["Sardine"]),
        ("featureInstances.feature.name:Video* AND NOT buildingId=AMS", ["Miradouro", "Tejo"]),
        ("name:tu*", ["Tulip"]),
        ('featureInstances.feature.name="Wheelchair access"', ["Harbour"]),
        ("buildingId!=AMS AND floor_name=1", ["Azulejo", "Miradouro", "Tram"]),
        ("resourceCategory=OTHER", []),
    ],
)
def test_searching_rooms(directory: Any, query: str, names: list[str]) -> None:  # noqa: ANN401  (as above)
    assert sorted(item["resourceName"] for item in _rooms(directory, query=query)) == names


def test_ordering_rooms(directory: Any) -> None:  # noqa: ANN401  (as above)
    shown = [(i["buildingId"], i["capacity"]) for i in _rooms(directory, orderBy="buildingId desc,capacity")]
    assert shown == sorted(shown, key=lambda pair: (-ord(pair[0][0]), pair[1]))
    rooms = directory.resources().calendars()
    assert refusal(rooms.list(customer="my_customer", orderBy="colour")) == (400, "invalid")
    assert refusal(rooms.list(customer="my_customer", query="colour=red")) == (400, "invalid")


def test_buildings_and_features(directory: Any) -> None:  # noqa: ANN401  (as above)
    buildings = directory.resources().buildings().list(customer="my_customer").execute()["buildings"]
    assert [(b["buildingId"], b["floorNames"]) for b in buildings] == [("AMS", ["G", "1", "2"]), ("LIS", ["0", "1"])]
    one = directory.resources().buildings().get(customer="my_customer", buildingId="LIS").execute()
    assert one["address"] == {"regionCode": "PT", "addressLines": ["Rua Augusta 20"], "locality": "Lisboa"}
    missing = directory.resources().buildings().get(customer="my_customer", buildingId="NYC")
    assert refusal(missing) == (404, "notFound")
    features = directory.resources().features().list(customer="my_customer").execute()["features"]
    assert [f["name"] for f in features] == ["Screen", "Video conferencing", "Wheelchair access", "Whiteboard"]


def test_users(directory: Any) -> None:  # noqa: ANN401  (as above)
    users = directory.users()
    jane = users.get(userKey="jane@corp.example").execute()
    assert jane["primaryEmail"] == JANE
    assert jane["aliases"] == ["jane@corp.example"]
    assert users.get(userKey=jane["id"]).execute() == jane
    assert users.get(userKey=f"greta.lund@{DOMAIN}").execute()["suspended"] is True
    listed = users.list(customer="my_customer", maxResults=500).execute()["users"]
    assert [u["primaryEmail"] for u in listed] == sorted(u["primaryEmail"] for u in listed)
    assert len(listed) == 12
    found = users.list(domain=DOMAIN, query="email:o* isSuspended=false").execute()["users"]
    assert [u["primaryEmail"] for u in found] == [ADMIN]
    assert refusal(users.get(userKey=room("tulip"))) == (403, "forbidden")
    assert refusal(users.get(userKey=f"nobody@{DOMAIN}")) == (404, "notFound")
    assert refusal(users.list()) == (400, "badRequest")


def test_the_directory_is_for_admins(rehearsal: Rehearsal) -> None:
    for subject in (BOT, None):
        rooms = rehearsal.directory(subject).resources().calendars()
        assert refusal(rooms.list(customer=CUSTOMER)) == (403, "forbidden")
    directory = rehearsal.directory()
    assert refusal(directory.resources().calendars().list(customer="C0elsewhere")) == (403, "forbidden")
    public = rehearsal.directory(BOT).users().get(userKey=JANE, viewType="domain_public").execute()
    assert sorted(public) == ["etag", "id", "kind", "name", "primaryEmail"]


def test_scopes_of_the_directory(rehearsal: Rehearsal) -> None:
    rooms_only = rehearsal.directory(ADMIN, "admin.directory.resource.calendar.readonly")
    assert rooms_only.resources().calendars().list(customer="my_customer").execute()["items"]
    assert refusal(rooms_only.users().list(customer="my_customer")) == (403, "insufficientPermissions")
