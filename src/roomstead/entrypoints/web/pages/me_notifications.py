"""What one is told by mail: a part of one's own page, at an address that mails can lead to."""

from fastapi import APIRouter, Response

from roomstead.application.notify.choose_notifications import ChooseNotifications
from roomstead.entrypoints.web.deps import service_of
from roomstead.entrypoints.web.pages.forms import Fields
from roomstead.entrypoints.web.pages.visits import PersonVisit

router = APIRouter(include_in_schema=False)

NOTIFICATIONS = "/me/notifications"


@router.get(NOTIFICATIONS)
async def show(visit: PersonVisit) -> Response:
    """The choices."""
    return visit.show(
        "me_notifications.html",
        topics=await visit.cases.read_notifications(visit.actor),
        sends_mail=service_of(visit.request).settings.sends_mail,
    )


@router.post(NOTIFICATIONS)
async def save(visit: PersonVisit, fields: Fields) -> Response:
    """Keep the choices."""
    await visit.cases.choose_notifications(ChooseNotifications(tuple(fields.texts("wanted"))), visit.actor)
    return visit.go(NOTIFICATIONS, "notifications.saved")
