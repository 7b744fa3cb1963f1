"""The story that the tour plays: each step does something as a person would and says what was observed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from roomstead.entrypoints.demo.api import Json, until
from roomstead.entrypoints.demo.scene import JANE, MEI, PRIYA, Cast, Scene
from roomstead.entrypoints.demo.tenants import CONTOSO, CORP, TENANTS

ANSWER_SECONDS = 25.0
SETTLED = {"confirmed", "declined", "failed", "not_delivered", "unanswered"}
LABEL = "This booking has been made via a service account"


@dataclass(slots=True)
class Observation:
    """What a step saw, and what it should have seen: sentence → whether it holds."""

    facts: dict[str, Json] = field(default_factory=dict)
    expected: dict[str, bool] = field(default_factory=dict)

    def expect(self, sentence: str, holds: object) -> None:
        """Note an expectation."""
        self.expected[sentence] = bool(holds)

    @property
    def is_as_it_should_be(self) -> bool:
        """Whether every expectation holds."""
        return bool(self.expected) and all(self.expected.values())


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its key, what it tells, and how it is played."""

    key: str
    title: str
    play: Callable[[Scene], Observation]


def tomorrow_at(hour: int, minute: int = 0) -> datetime:
    """The next working day at that hour, UTC: inside every room's booking window."""
    day = datetime.now(UTC).replace(hour=hour, minute=minute, second=0, microsecond=0) + timedelta(days=1)
    while day.isoweekday() > 5:  # noqa: PLR2004 - Saturday and Sunday
        day += timedelta(days=1)
    return day


def book(scene: Scene, who: Cast, room: str, start: datetime, **more: Json) -> Json:
    """Book a room for an hour as that person, over the API."""
    wanted = {
        "room_id": scene.room(room)["id"],
        "start": start.isoformat(),
        "end": (start + timedelta(minutes=60)).isoformat(),
        "title": f"{who.name.split(maxsplit=1)[0]}'s review",
        **more,
    }
    return scene.api(who).post("/bookings", wanted)


def settled(scene: Scene, who: Cast, booking: Mapping[str, Json], seconds: float = ANSWER_SECONDS) -> Json:
    """The booking once the room answered, or it failed, or the time is over."""
    return until(
        lambda: scene.api(who).get(f"/bookings/{booking['id']}"),
        lambda seen: seen["state"] in SETTLED,
        seconds=seconds,
    )


def _calendar(scene: Scene, mailbox: str, title: str) -> list[Json]:
    items = scene.sandbox.get(f"/calendars/{mailbox}")["items"]
    return [item for item in items if item["subject"] == title and not item["cancelled"]]


def _requests_to(scene: Scene, address: str, title: str) -> list[Json]:
    mail = scene.sandbox.get("/mail", kind="request")
    return [each for each in mail if each["subject"] == title and address in each["recipients"]]


def _facts_of(booking: Mapping[str, Json]) -> dict[str, Json]:
    host = booking["host"] or {}
    return {
        "booking": booking["id"],
        "state": booking["state"],
        "sentence": booking["sentence"],
        "host": host.get("kind"),
        "host_address": host.get("address"),
        "label": booking["label"],
        "room_answer": booking["rooms"][0]["answer"],
    }


def verified(scene: Scene) -> Observation:
    """The integrations stand: every check passed, rooms are live, a mailbox that must be refused is refused."""
    admin = scene.api(MEI)
    running = {key: admin.post(f"/integrations/{id_}/verify")["id"] for key, id_ in scene.integrations.items()}
    checks = {key: scene.verified(id_)["checks"] for key, id_ in running.items()}
    failed = [check["key"] for found in checks.values() for check in found if check["status"] == "failed"]
    rooms = admin.get("/rooms", limit=200)["items"]
    live = {
        tenant.name: sum(
            room["status"] == "live" for room in rooms if room["integration_id"] == scene.integrations[key]
        )
        for key, tenant in ((tenant.provider, tenant) for tenant in TENANTS.values())
    }
    restrictions = {
        key: admin.get(f"/integrations/{id_}/restriction")["state"] for key, id_ in scene.integrations.items()
    }
    left = [
        item["subject"]
        for tenant in TENANTS.values()
        for item in scene.sandbox.get(f"/calendars/{tenant.service_account}")["items"]
        if not item["cancelled"]
    ]
    seen = Observation(
        {
            "checks": {key: {check["key"]: check["status"] for check in found} for key, found in checks.items()},
            "rooms_live": live,
            "restrictions": restrictions,
            "left_behind": left,
        }
    )
    seen.expect("no check failed", not failed)
    seen.expect("rooms of every tenant are live", all(live.values()))
    for tenant in TENANTS.values():
        is_proven = restrictions[tenant.provider] == "in_effect"
        seen.expect(f"the restriction is in effect, since {tenant.kept_out} is refused", is_proven)
    seen.expect("verifying left nothing in the service accounts' calendars", not left)
    return seen


def organiser_in_reach(scene: Scene) -> Observation:
    """Priya's mailbox is in reach: she books in her own calendar, and the room answers."""
    booking = book(scene, PRIYA, "Oak", tomorrow_at(9))
    first_state = booking["state"]
    booking = settled(scene, PRIYA, booking)
    copies = _calendar(scene, PRIYA.address, booking["title"])
    seen = Observation({**_facts_of(booking), "first_state": first_state, "copies_in_own_calendar": len(copies)})
    seen.expect("it was not called booked before the room answered", first_state == "requested")
    seen.expect("the room accepted", booking["state"] == "confirmed")
    seen.expect("her own mailbox hosts it", booking["host"]["kind"] == "organizer")
    seen.expect("it bears no label", booking["label"] is None)
    seen.expect("it lies in her calendar once", len(copies) == 1)
    return seen


def organiser_out_of_reach(scene: Scene) -> Observation:
    """Jane's mailbox is out of reach: the service account books in her stead, openly; answers are seen here."""
    guest = "tom.baker@contoso.example"
    start = tomorrow_at(10)
    booking = book(scene, JANE, "Elm", start, attendees=[{"address": guest}], description="Bring the numbers.")
    booking = settled(scene, JANE, booking)
    title = booking["title"]
    scene.sandbox.post("/act/respond", {"who": guest, "meeting": title, "answer": "accepted"})
    booking = until(
        lambda: scene.api(JANE).get(f"/bookings/{booking['id']}"),
        lambda now: _answer_of(now, guest) == "accepted",
        seconds=ANSWER_SECONDS,
    )
    hosted = _calendar(scene, CONTOSO.service_account, title)
    invitations = _requests_to(scene, JANE.address, title)
    body = hosted[0]["body"] if hosted else ""
    seen = Observation(
        {**_facts_of(booking), "invitations_to_jane": len(invitations), "answer_of_guest": _answer_of(booking, guest)}
    )
    seen.expect("the room accepted", booking["state"] == "confirmed")
    seen.expect("the service account hosts it", booking["host"]["address"] == CONTOSO.service_account)
    seen.expect(f"it says “{LABEL}”", booking["label"] == LABEL)
    seen.expect("its description says “Organised by Jane Doe”", "Organised by Jane Doe" in body)
    seen.expect("the label stays out of the invitation", LABEL not in body)
    seen.expect("Jane got one invitation, from the service account", len(invitations) == 1)
    seen.expect("the guest's answer is seen in Roomstead", _answer_of(booking, guest) == "accepted")
    return seen


def _answer_of(booking: Mapping[str, Json], address: str) -> str | None:
    return next((each["response"] for each in booking["attendees"] if each["address"] == address), None)


def room_declines(scene: Scene) -> Observation:
    """A room that takes meetings of half an hour only declines an hour; other rooms are offered."""
    room = scene.room("Birch")
    scene.sandbox.patch(f"/rooms/{room['address']}", {"processing": {"maximum_duration_in_minutes": 30}})
    booking = settled(scene, PRIYA, book(scene, PRIYA, "Birch", tomorrow_at(11)))
    start = tomorrow_at(11)
    free = scene.api(PRIYA).get(
        "/rooms/free", start=start.isoformat(), end=(start + timedelta(minutes=60)).isoformat(), limit=3
    )["items"]
    seen = Observation({**_facts_of(booking), "free_instead": [offer["name"] for offer in free]})
    seen.expect("the room declined", booking["state"] == "declined")
    seen.expect("its answer says so", booking["rooms"][0]["answer"] == "declined")
    seen.expect("other rooms are free instead", free)
    return seen


def access_granted(scene: Scene) -> Observation:
    """An admin grants access to Jane's mailbox: her next booking goes out in her own name, the old one stays."""
    scene.reach("grant", JANE.address)
    booking = settled(scene, JANE, book(scene, JANE, "Ash", tomorrow_at(14)))
    mine = scene.api(JANE).get("/bookings", limit=50)["items"]
    here = [each for each in mine if each["host"]["address"].endswith(f"@{CONTOSO.domain}")]
    earlier = [each for each in here if each["id"] != booking["id"]]
    seen = Observation({**_facts_of(booking), "earlier_hosts": [each["host"]["kind"] for each in earlier]})
    seen.expect("the room accepted", booking["state"] == "confirmed")
    seen.expect("her own mailbox hosts the new one", booking["host"]["kind"] == "organizer")
    seen.expect("it bears no label", booking["label"] is None)
    seen.expect("the earlier one stays where it is", all(each["host"]["kind"] == "service_account" for each in earlier))
    return seen


def provider_down(scene: Scene) -> Observation:
    """The provider is down: nothing is hosted elsewhere, nothing called booked; when it is back, it is delivered."""
    outage = {"kind": "answer", "count": None, "headers": {"Retry-After": "1"}, **CONTOSO.outage}
    fault = scene.sandbox.post("/faults", outage)
    booking = book(scene, PRIYA, "Larch", tomorrow_at(15))
    during = until(
        lambda: scene.api(PRIYA).get(f"/bookings/{booking['id']}"),
        lambda now: now["reason"] != booking["reason"],
        seconds=8,
    )
    scene.sandbox.call("DELETE", f"/faults/{fault['number']}")
    after = settled(scene, PRIYA, booking)
    seen = Observation({**_facts_of(after), "while_down": {"state": during["state"], "sentence": during["sentence"]}})
    seen.expect("while it was down the booking waited", during["state"] == "requested")
    seen.expect("it was not hosted elsewhere", during["host"]["kind"] == "organizer")
    seen.expect("once it was back the room accepted", after["state"] == "confirmed")
    seen.expect("it lies in her calendar", _calendar(scene, PRIYA.address, after["title"]))
    seen.expect("and was mailed once", len(_requests_to(scene, "larch@contoso.example", after["title"])) == 1)
    return seen


def elsewhere_hosted(scene: Scene) -> Observation:
    """Priya has no mailbox in the other tenant: its service account books there in her stead."""
    title = "Visit to Amsterdam"
    booking = settled(scene, PRIYA, book(scene, PRIYA, "Tulip", tomorrow_at(9), title=title))
    hosted, invited = _calendar(scene, CORP.service_account, title), _calendar(scene, PRIYA.address, title)
    seen = Observation({**_facts_of(booking), "invitations_to_priya": len(_requests_to(scene, PRIYA.address, title))})
    seen.expect("the room accepted", booking["state"] == "confirmed")
    seen.expect("that tenant's service account hosts it", booking["host"]["address"] == CORP.service_account)
    seen.expect("she is invited, once", [each["is_organizer"] for each in invited] == [False])
    seen.expect(f"it says “{LABEL}”", booking["label"] == LABEL)
    seen.expect("its description says who organised it", hosted and "Organised by Priya Shah" in hosted[0]["body"])
    return seen


def elsewhere_direct(scene: Scene) -> Observation:
    """Jane is known under two addresses: in the other tenant she books in her own calendar there."""
    booking = settled(scene, JANE, book(scene, JANE, "Canal", tomorrow_at(10)))
    own = _calendar(scene, JANE.further[0], booking["title"])
    seen = Observation({**_facts_of(booking), "copies_in_own_calendar": len(own)})
    seen.expect("the room accepted", booking["state"] == "confirmed")
    seen.expect("her own mailbox there hosts it", booking["host"]["address"] == JANE.further[0])
    seen.expect("it bears no label", booking["label"] is None)
    seen.expect("it lies in her calendar once", len(own) == 1)
    return seen


def others_refused(scene: Scene) -> Observation:
    """Only a Global Admin sees integrations; others get a clear refusal."""
    answer = scene.api(PRIYA).call("GET", "/integrations")
    seen = Observation({"status": answer.status, "detail": answer.body["detail"]})
    seen.expect("it is refused", answer.status == 403)  # noqa: PLR2004 - Forbidden
    seen.expect("in words", "Global Admin" in answer.body["detail"])
    return seen


STORY = (
    Step("verified", "The integration is verified, room by room, and the restriction is proven", verified),
    Step("members_refused", "A member may not see integrations", others_refused),
    Step("organiser_in_reach", "Priya books as herself", organiser_in_reach),
    Step("organiser_out_of_reach", "The service account books in Jane's stead", organiser_out_of_reach),
    Step("elsewhere_hosted", f"A {CORP.calendar} room for somebody without a mailbox there", elsewhere_hosted),
    Step("elsewhere_direct", f"A {CORP.calendar} room for somebody who has one", elsewhere_direct),
    Step("room_declines", "A room says no, and wins", room_declines),
    Step("access_granted", "Access is granted, and noticed", access_granted),
    Step("provider_down", "The provider goes down, and comes back", provider_down),
)
