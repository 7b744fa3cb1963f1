"""One-time links: the first Global Admin, invitations, resets."""

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from tests.web.pages.conftest import PASSWORD, Browser, Comes, Visitor, heading

from roomstead.application.people.add_person import AddPerson
from roomstead.bootstrap.service import Roomstead
from roomstead.domain.errors import Conflict
from roomstead.domain.people import OPERATOR, SYSTEM, Role

MEI = {"name": "Mei Tan", "address": "Mei.Tan@contoso.example", "password": PASSWORD}


async def setup_path(service: Roomstead) -> str:
    return urlsplit((await service.cases.make_setup_link(SYSTEM)).url).path


async def test_a_new_roomstead_says_how_to_begin_and_lets_its_first_admin_in(
    service: Roomstead, browser: Browser
) -> None:
    fresh = await browser.open("/")
    assert "This Roomstead is new" in fresh.text
    assert "roomstead people setup-link" in fresh.text
    form = await browser.get(await setup_path(service))
    assert heading(form) == "Set up Roomstead"
    inside = await browser.submit(form, "Set up and sign in", **MEI)
    assert urlsplit(str(inside.url)).path == "/settings/integrations"
    mei = await service.cases.find_person("mei.tan@contoso.example", OPERATOR)
    assert (mei.name, mei.role) == ("Mei Tan", Role.GLOBAL_ADMIN)
    assert (await browser.get("/settings/people")).status_code == 200
    assert (await browser.get(str(urlsplit(str(form.url)).path))).status_code == 410
    with pytest.raises(Conflict):
        await service.cases.make_setup_link(SYSTEM)


async def test_mistakes_stand_beside_their_fields_and_use_nothing_up(service: Roomstead, browser: Browser) -> None:
    path = await setup_path(service)
    wrong = await browser.send(path, {"name": " ", "address": "mei", "password": "short"})
    assert wrong.status_code == 422
    assert 'value="mei"' in wrong.text
    assert wrong.text.count('class="mistake"') == 3
    assert "short" not in wrong.text
    assert (await browser.send(path, MEI)).status_code == 303


async def test_of_two_with_links_one_becomes_the_first_admin(service: Roomstead, browser: Browser) -> None:
    paths = [await setup_path(service), await setup_path(service)]
    paths.append(paths[0])
    forms = [{**MEI, "address": f"mei{number}@contoso.example"} for number in range(3)]
    answers = await asyncio.gather(*(browser.send(path, form) for path, form in zip(paths, forms, strict=True)))
    assert sorted(answer.status_code for answer in answers) == [303, 410, 410]


async def test_a_member_who_sets_up_becomes_an_admin(service: Roomstead, browser: Browser) -> None:
    here = await service.cases.add_person(AddPerson("Mei", ["mei.tan@contoso.example"]), OPERATOR)
    assert (await browser.send(await setup_path(service), MEI)).status_code == 303
    assert (await service.cases.read_person(here.id, OPERATOR)).role is Role.GLOBAL_ADMIN


async def test_setting_up_over_somebody_ends_what_that_persons_browsers_and_links_could(
    service: Roomstead, browser: Browser, member_page: Visitor
) -> None:
    """Whoever had a session of the member shall not be a Global Admin by it."""
    jane = member_page.person
    invited = urlsplit((await service.cases.make_password_link(jane.id, OPERATOR)).url).path
    typed = {**MEI, "address": jane.addresses[0], "password": "lantern-otter-quartz"}
    assert (await member_page.browser.get("/me")).status_code == 200
    assert (await browser.send(await setup_path(service), typed)).status_code == 303
    assert (await member_page.browser.get("/me")).status_code == 303
    assert (await browser.get("/settings/people")).status_code == 200
    assert (await browser.get(invited)).status_code == 410
    old = {"address": jane.addresses[0], "password": PASSWORD}
    assert (await member_page.browser.send("/sign-in", old)).status_code == 401


async def test_an_invitation_greets_and_lets_in_once(
    service: Roomstead, browser: Browser, new_browser: Callable[[], Browser]
) -> None:
    ines = await service.cases.add_person(AddPerson("Ines Duarte", ["ines@contoso.example"]), OPERATOR)
    path = urlsplit((await service.cases.make_password_link(ines.id, OPERATOR)).url).path
    form = await browser.get(path)
    assert heading(form) == "Welcome to Roomstead"
    assert "ines@contoso.example" in form.text
    inside = await browser.submit(form, "Save and sign in", password=PASSWORD)
    assert inside.status_code == 200
    assert (await browser.get("/me")).status_code == 200
    used = await new_browser().send(path, {"password": "another-good-password"})
    assert used.status_code == 410
    assert "used before" in used.text


async def test_a_reset_signs_out_everywhere_and_ends_the_old_password(
    service: Roomstead, browser: Browser, member_page: Visitor
) -> None:
    first = await service.cases.make_password_link(member_page.person.id, OPERATOR)
    link = await service.cases.make_password_link(member_page.person.id, OPERATOR)
    assert (await browser.get(urlsplit(first.url).path)).status_code == 410
    path = urlsplit(link.url).path
    assert heading(await browser.get(path)) == "Choose a new password"
    assert (await browser.send(path, {"password": "lantern-otter-quartz"})).status_code == 303
    assert (await member_page.browser.get("/me")).status_code == 303
    address = member_page.person.addresses[0]
    assert (await browser.send("/sign-in", {"address": address, "password": PASSWORD})).status_code == 401
    good = await browser.send("/sign-in", {"address": address, "password": "lantern-otter-quartz"})
    assert good.status_code == 303


async def test_one_kind_of_link_does_not_open_the_other(service: Roomstead, browser: Browser, comes: Comes) -> None:
    ines = await service.cases.add_person(AddPerson("Ines Duarte", ["ines@contoso.example"]), OPERATOR)
    reset = urlsplit((await service.cases.make_password_link(ines.id, OPERATOR)).url).path
    setup = await setup_path(service)
    as_setup, as_reset = reset.replace("/password/", "/first-run/"), setup.replace("/first-run/", "/password/")
    assert (await browser.get(as_setup)).status_code == 410
    assert (await browser.send(as_setup, MEI)).status_code == 410
    assert (await browser.get(as_reset)).status_code == 410
    assert (await browser.send(as_reset, {"password": PASSWORD})).status_code == 410
    assert (await browser.send(reset, {"password": PASSWORD})).status_code == 303
