"""Settings → People: found, added, changed, kept out, invited, imported."""

import re
from urllib.parse import urlsplit

import httpx2
import pytest
from tests.web.pages.conftest import Browser, Visitor, heading

from roomstead.application.people.add_person import AddPerson
from roomstead.application.people.edit_person import EditPerson
from roomstead.bootstrap.service import Roomstead
from roomstead.domain.people import OPERATOR, Role

PEOPLE = "/settings/people"


def names_in(answer: httpx2.Response) -> list[str]:
    return re.findall(r'<th scope="row"><a[^>]*>([^<]+)</a>', answer.text)


async def test_people_are_found_by_name_address_role_and_state(service: Roomstead, admin_page: Visitor) -> None:
    for name, address in (("Jane Doe", "jane@contoso.example"), ("Priya Shah", "priya@corp.example")):
        await service.cases.add_person(AddPerson(name, [address]), OPERATOR)
    robin = await service.cases.add_person(AddPerson("Robin Gone", ["robin@corp.example"]), OPERATOR)
    await service.cases.edit_person(EditPerson(robin.id, None, is_active=False), OPERATOR)
    shown = await admin_page.browser.get(PEOPLE)
    assert names_in(shown) == ["Jane Doe", "Mei Tan", "Priya Shah", "Robin Gone"]
    for query, found in (
        ({"search": "CORP.example"}, ["Priya Shah", "Robin Gone"]),
        ({"role": "global_admin"}, ["Mei Tan"]),
        ({"state": "inactive"}, ["Robin Gone"]),
        ({"search": "corp", "state": "active"}, ["Priya Shah"]),
    ):
        assert names_in(await admin_page.browser.submit(shown, "Show", **query)) == found
    nobody = await admin_page.browser.submit(shown, "Show", search="%")
    assert "Nobody matches" in nobody.text
    assert 'value="%"' in nobody.text


async def test_many_people_come_in_pages(service: Roomstead, admin_page: Visitor) -> None:
    table = "name,address\n" + "\n".join(f"Person {n:03},p{n}@contoso.example" for n in range(120))
    from roomstead.application.people.import_people import Import, ImportPeople

    await service.cases.import_people(ImportPeople(table, Import.APPLY), OPERATOR)
    seen, path = [], PEOPLE + "?search=person"
    while path:
        shown = await admin_page.browser.get(path)
        seen += names_in(shown)
        following = re.search(r'href="(\?[^"]+)" rel="next"', shown.text)
        path = PEOPLE + following[1].replace("&amp;", "&") if following else ""
    assert seen == [f"Person {n:03}" for n in range(120)]


async def test_somebody_is_added_once_however_often_the_form_is_sent(admin_page: Visitor) -> None:
    browser = admin_page.browser
    form = await browser.get(f"{PEOPLE}/new")
    typed = {"name": "Ines Duarte", "addresses": "ines@contoso.example\nines.d@contoso.example"}
    added = await browser.submit(form, "Add person", **typed)
    assert heading(added) == "Ines Duarte"
    assert "Ines Duarte is added." in added.text
    again = await browser.submit(form, "Add person", **typed)
    assert str(again.url) == str(added.url)
    taken = await browser.submit(await browser.get(f"{PEOPLE}/new"), "Add person", **typed)
    assert taken.status_code == 422
    assert "already belongs to somebody else" in taken.text
    assert 'value="Ines Duarte"' in taken.text
    assert "ines.d@contoso.example</textarea>" in taken.text
    wrong = await browser.submit(form, "Add person", name="", addresses="no address")
    assert wrong.text.count('class="mistake"') == 2


async def test_a_person_is_changed_on_what_was_seen(service: Roomstead, admin_page: Visitor) -> None:
    jane = await service.cases.add_person(AddPerson("Jane Doe", ["jane@contoso.example"]), OPERATOR)
    browser = admin_page.browser
    shown = await browser.get(f"{PEOPLE}/{jane.id}")
    saved = await browser.submit(shown, "Save", name="Jane Smith", role="global_admin")
    assert (heading(saved), "Jane Smith is saved." in saved.text) == ("Jane Smith", True)
    stale = await browser.submit(shown, "Save", name="Jane Miller")
    assert stale.status_code == 422
    assert "changed by someone else" in stale.text
    assert 'value="Jane Miller"' in stale.text
    assert (await service.cases.read_person(jane.id, OPERATOR)).name == "Jane Smith"


async def test_keeping_somebody_out_ends_all_they_had(
    service: Roomstead, admin_page: Visitor, member_page: Visitor
) -> None:
    path = f"{PEOPLE}/{member_page.person.id}"
    shown = await admin_page.browser.get(path)
    assert "Jane Doe is signed out everywhere, and their API tokens stop working." in shown.text
    out = await admin_page.browser.submit(shown, "Stop Jane Doe from signing in")
    assert "Jane Doe may not sign in any more." in out.text
    assert (await member_page.browser.get("/me")).status_code == 303
    account = await service.cases.read_account(member_page.person.id, OPERATOR)
    assert account.sessions == []
    back = await admin_page.browser.submit(out, "Let Jane Doe sign in again")
    assert "Jane Doe may sign in again." in back.text
    assert (await member_page.browser.get("/me")).status_code == 303


async def test_the_last_admin_stays(admin_page: Visitor) -> None:
    path = f"{PEOPLE}/{admin_page.person.id}"
    shown = await admin_page.browser.get(path)
    for answer in (
        await admin_page.browser.submit(shown, "Stop Mei Tan from signing in"),
        await admin_page.browser.submit(shown, "Save", role="member"),
    ):
        assert answer.status_code == 422
        assert "This is the last Global Admin." in answer.text


async def test_a_link_for_somebody_is_shown_once(service: Roomstead, admin_page: Visitor, browser: Browser) -> None:
    jane = await service.cases.add_person(AddPerson("Jane Doe", ["jane@contoso.example"]), OPERATOR)
    shown = await admin_page.browser.get(f"{PEOPLE}/{jane.id}")
    made = await admin_page.browser.submit(shown, "Make an invitation link")
    link = re.search(r"http://\S+?/password/[\w-]{43}", made.text)
    assert link is not None
    assert link[0] not in (await admin_page.browser.get(f"{PEOPLE}/{jane.id}")).text
    form = await browser.get(urlsplit(link[0]).path)
    inside = await browser.submit(form, "Save and sign in", password="sparrow-window-forty")
    assert inside.status_code == 200
    assert "Make a reset link" in (await admin_page.browser.get(f"{PEOPLE}/{jane.id}")).text


async def test_signing_somebody_out_everywhere(admin_page: Visitor, member_page: Visitor) -> None:
    shown = await admin_page.browser.get(f"{PEOPLE}/{member_page.person.id}")
    done = await admin_page.browser.submit(shown, "Sign out everywhere")
    assert "Signed out on one browser." in done.text
    assert (await member_page.browser.get("/me")).status_code == 303


async def test_nobody_of_that_id(admin_page: Visitor) -> None:
    assert (await admin_page.browser.get(f"{PEOPLE}/3f0a3c0e-0000-4000-8000-000000000000")).status_code == 404
    assert (await admin_page.browser.get(f"{PEOPLE}/jane")).status_code == 404  # a link that was cut leads nowhere


TABLE = """Name;E-mail;Role;Floor
Jane Doe;jane@contoso.example jane.doe@contoso.example;member;3
Müller, Zoë;ZOE@contoso.example;Global Admin;

Nobody;;member;1
Twice;zoe@contoso.example;;1
King;king@contoso.example;king;1
;nameless@contoso.example;;2
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
async def test_an_import_is_shown_before_it_is_done(service: Roomstead, admin_page: Visitor, encoding: str) -> None:
    browser = admin_page.browser
    form = await browser.get(f"{PEOPLE}/import")
    token = re.search(r'name="csrf" value="([^"]+)"', form.text)
    assert token is not None
    shown = await browser.http.post(
        f"{PEOPLE}/import",
        data={"csrf": token[1]},
        files={"file": ("people.csv", TABLE.encode(encoding), "text/csv")},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert shown.status_code == 200
    plain = re.sub(r"<[^>]+>", "", shown.text)
    assert "Müller, Zoë" in plain
    for sentence in (
        "Line 5: Give at least one e-mail address.",
        "Line 6: zoe@contoso.example stands in line 3 already.",
        "Line 7: The role is member or global admin.",
        "Line 8: Give a name.",
    ):
        assert sentence in plain, plain
    with pytest.raises(Exception, match="no such person"):
        await service.cases.find_person("jane@contoso.example", OPERATOR)
    done = await browser.submit(shown, "Import 2 people")
    assert "Imported: 2 new, 0 changed." in done.text
    zoe = await service.cases.find_person("zoe@contoso.example", OPERATOR)
    assert (zoe.name, zoe.role) == ("Müller, Zoë", Role.GLOBAL_ADMIN)


async def test_the_same_table_twice_changes_nothing(service: Roomstead, admin_page: Visitor) -> None:
    browser = admin_page.browser

    async def look(table: str) -> httpx2.Response:
        return await browser.submit(await browser.get(f"{PEOPLE}/import"), "Show what this", table=table)

    await browser.submit(await look(TABLE), "Import 2 people")
    again = await look(TABLE)
    assert "There is nothing to import." in again.text
    assert re.search(r"<b>2</b> as they are", again.text)
    moved = (
        "name,address,role\nJane Smith,jane@contoso.example j.smith@contoso.example,\nMei,zoe@contoso.example,member"
    )
    plan = await look(moved)
    assert "Jane Doe → Jane Smith" in plan.text
    assert "also j.smith@contoso.example" in plan.text
    assert "is a Global Admin. Take that role away" in plan.text
    await browser.submit(plan, "Import 1 person")
    jane = await service.cases.find_person("jane.doe@contoso.example", OPERATOR)
    assert jane.addresses == ("jane@contoso.example", "jane.doe@contoso.example", "j.smith@contoso.example")


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("", "Begin with a line that names the columns"),
        ("first,last\nJane,Doe", "Begin with a line that names the columns"),
        ('name,address\n"Jane,jane@contoso.example', "Give at least one e-mail address."),
        ("name,address\n" + "A,b@c.example\n" * 10_001, "at most 10,000 people"),
    ],
)
async def test_what_is_no_table_is_said(admin_page: Visitor, table: str, says: str) -> None:
    browser = admin_page.browser
    answer = await browser.submit(await browser.get(f"{PEOPLE}/import"), "Show what this", table=table)
    assert says in answer.text
    if answer.status_code == 422:  # said at the field, which is where one goes on
        assert 'aria-describedby="e-table h-table" aria-invalid="true" autofocus' in answer.text
