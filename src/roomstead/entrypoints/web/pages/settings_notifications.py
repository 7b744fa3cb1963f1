"""Settings → Notifications: whether mail is sent, a test mail, and what became of the latest ones."""

from urllib.parse import urlsplit

from fastapi import APIRouter, Response

from roomstead.config import Settings
from roomstead.entrypoints.web.deps import service_of
from roomstead.entrypoints.web.pages.visits import AdminVisit

router = APIRouter(include_in_schema=False)

NOTIFICATIONS = "/settings/notifications"


@router.get(NOTIFICATIONS)
async def show(visit: AdminVisit) -> Response:
    """The page."""
    settings = service_of(visit.request).settings
    return visit.show(
        "settings_notifications.html",
        notices=await visit.cases.list_notices(visit.actor),
        settings=settings,
        server=_server(settings),
    )


@router.post(f"{NOTIFICATIONS}/test")
async def send_test(visit: AdminVisit) -> Response:
    """Leave a test mail to whoever asks."""
    await visit.cases.send_test_mail(visit.actor)
    return visit.go(NOTIFICATIONS, "notifications.test_left", kind="info")


def _server(settings: Settings) -> str:
    """The server's name, without user and password."""
    return "" if settings.smtp_url is None else urlsplit(settings.smtp_url.get_secret_value()).hostname or ""
