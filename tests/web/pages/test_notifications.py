"""What one is told by mail, and what admins see of the mail that goes out."""

import re

import pytest
from tests.web.pages.conftest import Visitor, heading

from roomstead.config import Settings, load


def boxes(html: str) -> dict[str, bool]:
    return {found[1]: bool(found[2]) for found in re.finditer(r'name="wanted" value="(\w+)"[^>]*?( checked)?>', html)}


async def test_choices_are_kept_and_members_see_theirs_only(member_page: Visitor) -> None:
    browser = member_page.browser
    assert "/me/notifications" in (await browser.get("/me")).text
    shown = await browser.get("/me/notifications")
    assert heading(shown) == "Notifications"
    assert boxes(shown.text) == {"bookings": True, "made_for_you": True, "answers": True}
    assert "This Roomstead sends no mail." in shown.text
    saved = await browser.submit(shown, "Save notifications", wanted=["answers"])
    assert "Your notifications are saved." in saved.text
    assert boxes(saved.text) == {"bookings": False, "made_for_you": False, "answers": True}


async def test_a_topic_that_is_none_is_refused(member_page: Visitor) -> None:
    shown = await member_page.browser.get("/me/notifications")
    wrong = await member_page.browser.submit(shown, "Save notifications", wanted=["everything"])
    assert wrong.status_code == 422


async def test_admins_choose_about_integrations_too(admin_page: Visitor) -> None:
    shown = await admin_page.browser.get("/me/notifications")
    assert boxes(shown.text)["integrations"] is True


async def test_without_a_mail_server_the_page_says_how_to_name_one(admin_page: Visitor) -> None:
    shown = await admin_page.browser.get("/settings/notifications")
    assert "No mail is sent" in shown.text
    assert "ROOMSTEAD_SMTP_URL=" in shown.text
    assert "Send a test mail" not in shown.text
    assert "Nothing was sent yet." in shown.text


async def test_members_do_not_see_the_list(member_page: Visitor) -> None:
    assert (await member_page.browser.get("/settings/notifications")).status_code == 403
    answer = await member_page.browser.send("/settings/notifications/test")
    assert answer.status_code == 403


class TestWithAMailServer:
    """The settings name a server; no worker runs, so nothing is sent."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return load(
            data_dir=settings.data_dir,
            port=0,
            smtp_url="smtp://user:sparrow@mail.contoso.example",
            mail_from="Meeting rooms <rooms@contoso.example>",
        )

    async def test_a_test_mail_is_left_for_the_worker_and_listed(self, admin_page: Visitor) -> None:
        browser = admin_page.browser
        shown = await browser.get("/settings/notifications")
        assert "Mail is sent" in shown.text
        assert "mail.contoso.example" in shown.text
        assert "sparrow" not in shown.text
        assert "There is no public address" in shown.text
        after = await browser.submit(shown, "Send a test mail to me")
        assert "The test mail is on its way." in after.text
        assert re.search(r"<td>Mei Tan</td><td>Test mail</td>", after.text)
