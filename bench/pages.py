"""A calendar's list of changes, prepared beforehand and served as fast as it can be.

Run as ``python -m bench.pages PORT EVENTS``: so what is measured is who takes the pages in, not who makes them.
"""

import json
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime, timedelta
from typing import Any

import uvicorn

PAGE = 250
FIRST_DAY = datetime(2027, 1, 4, tzinfo=UTC)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


SAME_FOR_ALL: dict[str, object] = {
    "categories": [],
    "transactionId": None,
    "originalStartTimeZone": "W. Europe Standard Time",
    "originalEndTimeZone": "W. Europe Standard Time",
    "reminderMinutesBeforeStart": 15,
    "isReminderOn": False,
    "hasAttachments": False,
    "subject": "Ben Carter ",
    "bodyPreview": "",
    "importance": "normal",
    "sensitivity": "normal",
    "isAllDay": False,
    "isCancelled": False,
    "isOrganizer": False,
    "responseRequested": True,
    "seriesMasterId": None,
    "showAs": "busy",
    "type": "singleInstance",
    "onlineMeetingUrl": None,
    "isOnlineMeeting": False,
    "onlineMeetingProvider": "unknown",
    "allowNewTimeProposals": True,
    "isDraft": False,
    "hideAttendees": False,
    "recurrence": None,
    "onlineMeeting": None,
    "responseStatus": {"response": "accepted", "time": "2026-11-20T10:16:33Z"},
    "body": {"contentType": "text", "content": ""},
}


def event(number: int) -> dict[str, object]:
    """A room's copy of a meeting, with all the properties that Graph sends along."""
    start = FIRST_DAY + timedelta(hours=number)
    moment = {"timeZone": "UTC"}
    organizer = {"emailAddress": {"name": "Ben Carter", "address": "ben.carter@contoso.example"}}
    room = {"emailAddress": {"name": "Oak", "address": "oak@contoso.example"}}
    return {
        **SAME_FOR_ALL,
        "@odata.etag": f'W/"change{number:08}"',
        "id": f"AAMkAGVmMDEzMTM4LTZmYWUtNDdkNC1hMDZiLTU1OGY5OTZhYmY4OABGAAAAAAAiQ8W967B7TKBjgx9{number:08}=",
        "createdDateTime": "2026-11-20T10:16:31.1234567Z",
        "lastModifiedDateTime": "2026-11-20T10:16:33.1234567Z",
        "changeKey": f"change{number:08}",
        "iCalUId": f"040000008200E00074C5B7101A82E00800000000{number:064}",
        "webLink": f"https://outlook.office365.com/owa/?itemid=AAMkAG{number:08}&exvsurl=1&path=/calendar/item",
        "start": {"dateTime": start.strftime("%Y-%m-%dT%H:%M:%S.0000000"), **moment},
        "end": {"dateTime": (start + timedelta(minutes=45)).strftime("%Y-%m-%dT%H:%M:%S.0000000"), **moment},
        "location": {"displayName": "Oak", "locationType": "default", "uniqueIdType": "unknown"},
        "locations": [],
        "attendees": [
            {"type": "required", "status": {"response": "none", "time": "0001-01-01T00:00:00Z"}, **organizer},
            {"type": "resource", "status": {"response": "accepted", "time": "2026-11-20T10:16:33Z"}, **room},
        ],
        "organizer": organizer,
    }


class Pages:
    """The application."""

    def __init__(self, port: int, events: int) -> None:
        base = f"http://127.0.0.1:{port}/v1.0/users/oak@contoso.example/calendarView/delta?$skiptoken="
        numbers = range(0, events, PAGE)
        self._pages = [
            json.dumps(
                {
                    "value": [event(number) for number in range(first, min(first + PAGE, events))],
                    **(
                        {"@odata.deltaLink": f"{base}end"}
                        if first + PAGE >= events
                        else {"@odata.nextLink": f"{base}{first // PAGE + 1}"}
                    ),
                }
            ).encode()
            for first in numbers
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A token for whoever asks, or the page that the link names."""
        while scope["type"] == "http" and (await receive()).get("more_body", False):
            pass
        if scope["type"] != "http":
            return
        if scope["path"].endswith("/token"):
            body = json.dumps({"token_type": "Bearer", "expires_in": 3599, "access_token": "t" * 1200}).encode()
        else:
            named = scope["query_string"].decode().rpartition("skiptoken=")[2]
            body = self._pages[int(named) if named.isdigit() else 0]
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    uvicorn.run(Pages(int(sys.argv[1]), int(sys.argv[2])), port=int(sys.argv[1]), log_level="error", lifespan="off")
