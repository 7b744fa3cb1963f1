"""What organiser and attendees do with a meeting: cancel, accept, decline, forward.

(Microsoft Graph docs: event: cancel, accept, tentativelyAccept, decline, forward.)
"""

from roomstead_sandbox.microsoft.errors import bad_request
from roomstead_sandbox.microsoft.graph.answers import empty
from roomstead_sandbox.microsoft.graph.attendee_body import parse_people
from roomstead_sandbox.microsoft.graph.call import Call, member
from roomstead_sandbox.microsoft.graph.words import Json
from roomstead_sandbox.wire import Answer
from roomstead_sandbox.world.events import Answer as Reply

NOT_THE_ORGANIZER = "Your request can't be completed. You need to be an organizer to cancel a meeting."
IS_THE_ORGANIZER = (
    "Your request can't be completed. You can't respond to this meeting because you're the meeting organizer."
)


def cancel_event(call: Call) -> Answer:
    """POST …/cancel: 202; everybody is told with the comment.  400 on an attendee's copy (its code is a guess)."""
    event = call.event()
    comment = _comment(call.json_body())
    if not event.is_organizer:
        raise bad_request(NOT_THE_ORGANIZER, "ErrorInvalidRequest")
    if not event.content.attendees and call.world.switches.cancel_without_attendees_fails:
        raise bad_request("Your request can't be completed. The event has no attendees.", "ErrorInvalidRequest")
    call.world.meetings.cancel(call.owner.id, event.ref, comment)
    return empty(202)


def accept_event(call: Call) -> Answer:
    """POST …/accept: 202."""
    return _respond(call, Reply.ACCEPTED)


def tentatively_accept_event(call: Call) -> Answer:
    """POST …/tentativelyAccept: 202.  A proposed time travels in the answer's text only."""
    return _respond(call, Reply.TENTATIVE)


def decline_event(call: Call) -> Answer:
    """POST …/decline: 202; the copy leaves the calendar."""
    return _respond(call, Reply.DECLINED)


def forward_event(call: Call) -> Answer:
    """POST …/forward: 202; the people named are invited, the organiser's copy gains them."""
    event = call.event()
    body = call.json_body()
    people = parse_people(member(body, "toRecipients"))
    call.world.answers.forward(call.owner.id, event.ref, people, _comment(body))
    return empty(202)


def permanently_delete_event(call: Call) -> Answer:
    """POST …/permanentDelete: 204; gone without a stay in Deleted Items, otherwise as DELETE."""
    from roomstead_sandbox.microsoft.graph.events import delete_event

    return delete_event(call)


def _respond(call: Call, answer: Reply) -> Answer:
    event = call.event()
    body = call.json_body()
    if event.is_organizer:
        raise bad_request(IS_THE_ORGANIZER, "ErrorInvalidRequest")
    send = member(body, "sendResponse")
    if send is not None and not isinstance(send, bool):
        raise bad_request("Cannot convert sendResponse to the expected type 'Edm.Boolean'.", "RequestBodyRead")
    if member(body, "proposedNewTime") is not None and not event.content.allow_proposals:
        raise bad_request(
            "Your request can't be completed. The organizer doesn't allow proposing new times.", "ErrorInvalidRequest"
        )
    call.world.answers.respond(call.owner.id, event.ref, answer, comment=_comment(body), send=send is None or send)
    return empty(202)


def _comment(body: Json) -> str:
    comment = member(body, "comment")
    return comment if isinstance(comment, str) else ""
