"""The calendars of a mailbox (Microsoft Graph docs: calendar resource type)."""

from roomstead_sandbox.microsoft.graph.answers import collection, resource, selected
from roomstead_sandbox.microsoft.graph.call import Call, calendar_id
from roomstead_sandbox.microsoft.graph.paging import cut, page_size
from roomstead_sandbox.microsoft.graph.words import Json, mail_address
from roomstead_sandbox.wire import Answer
from roomstead_sandbox.world.mailbox import Calendar

DEFAULT_PAGE = 10


def read_calendar(call: Call) -> Answer:
    """GET …/calendar or …/calendars/{id}."""
    shown = selected(call, calendar_json(call, call.calendar()), "microsoft.graph.calendar")
    return resource(call, f"users('{call.owner.id}')/calendar/$entity", shown)


def list_calendars(call: Call) -> Answer:
    """GET …/calendars."""
    calendars = list(call.mailbox.calendars.values())
    page = cut(call, calendars, page_size(call, DEFAULT_PAGE))
    shown = [selected(call, calendar_json(call, calendar), "microsoft.graph.calendar") for calendar in page.items]
    return collection(call, f"users('{call.owner.id}')/calendars", shown, page.next_link)


def calendar_json(call: Call, calendar: Calendar) -> Json:
    """A calendar.  Only the default one collects answers to invitations (``isTallyingResponses``)."""
    user, identity = call.owner, calendar_id(call.mailbox, calendar)
    teams = ["teamsForBusiness"] if user.teams_licensed else []
    return {
        "id": identity,
        "name": calendar.name,
        "color": calendar.color,
        "hexColor": "",
        "isDefaultCalendar": calendar.is_default,
        "changeKey": identity[-24:],
        "canShare": True,
        "canViewPrivateItems": True,
        "canEdit": True,
        "allowedOnlineMeetingProviders": teams,
        "defaultOnlineMeetingProvider": teams[0] if teams else "unknown",
        "isTallyingResponses": calendar.is_default,
        "isRemovable": not calendar.is_default,
        "owner": mail_address(user.display_name, user.mail or user.upn),
    }
