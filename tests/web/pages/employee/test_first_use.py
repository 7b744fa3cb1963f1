"""Before the first calendar is connected, nobody is told that rooms are taken: there are none."""

from tests.web.pages.conftest import Visitor


async def test_where_there_are_no_rooms_yet_find_says_so_and_who_brings_them_in(
    admin_page: Visitor, member_page: Visitor
) -> None:
    told = await admin_page.browser.get("/find")
    assert "No rooms yet" in told.text
    assert 'href="/settings/integrations">' in told.text
    asked = await member_page.browser.get("/find")
    assert "A Global Admin of your organisation has to connect a calendar first." in asked.text
    assert "No room is free" not in told.text + asked.text
