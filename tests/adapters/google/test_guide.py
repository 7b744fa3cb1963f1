"""What an admin is told: mistakes in the form, consent, steps and remedies."""

import json
import re
import shutil
import subprocess
from urllib.parse import parse_qs, urlsplit

import pytest

from roomstead.adapters.providers.google import scopes
from roomstead.adapters.providers.google.guide import GoogleGuide
from roomstead.adapters.providers.google.offer import DESCRIPTION
from roomstead.application.ports.providers import Connection, RestrictionFacts, Who
from roomstead.domain.access import AccessCause
from roomstead.domain.mailbox import Address
from roomstead.domain.room_answers import RoomAnswer

GUIDE = GoogleGuide()
ROBOT, CLIENT = "roomstead@roomstead.iam.gserviceaccount.com", "104617209384756102938"
BOT = Address("rooms-bot@corp.example")
OAK = Address("c_1880oak@resource.calendar.google.com")
JANE = Address("jane@corp.example")
SIGNED_IN = {
    "credential_kind": "mailbox",
    "settings": {"app_id": "1-x.apps.googleusercontent.com", "mailbox": BOT},
    "secrets": {"client_secret": "hush"},
    "tier": 2,
}


def connection(key_file: str, **changed: object) -> Connection:
    values: dict[str, object] = {
        "provider": "google",
        "tenant": "C03az79cb",
        "endpoints": DESCRIPTION.clouds["global"],
        "credential_kind": "key_file",
        "secrets": {"key_file": key_file},
    }
    return Connection(**{**values, **changed})  # type: ignore[arg-type]  # a table of cases


def facts(**changed: object) -> RestrictionFacts:
    values: dict[str, object] = {
        "app_id": CLIENT,
        "app_object_id": ROBOT,
        "tenant": "C03az79cb",
        "service_account": BOT,
        "rooms": (OAK, Address("o'hare`$(x)@resource.calendar.google.com")),
        "organizers": (),
        "tier": 3,
        "group_address": Address("roomstead-rooms@corp.example"),
    }
    return RestrictionFacts(**{**values, **changed})  # type: ignore[arg-type]  # a table of changes


def without(key_file: str, name: str) -> str:
    return json.dumps({key: value for key, value in json.loads(key_file).items() if key != name})


def test_a_right_form_has_no_mistakes_and_shows_what_the_console_wants(key_file: str) -> None:
    assert GUIDE.validate(connection(key_file)) == {}
    assert GUIDE.shown(connection(key_file)) == {"app_id": CLIENT, "account": ROBOT}
    assert GUIDE.validate(connection(key_file, **SIGNED_IN)) == {}
    assert GUIDE.shown(connection(key_file, **SIGNED_IN)) == {}
    keyless = {"credential_kind": "keyless", "settings": {"account": ROBOT, "app_id": CLIENT}, "secrets": {}}
    assert GUIDE.validate(connection(key_file, **keyless)) == {}
    assert GUIDE.ends_at(connection(key_file)) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hello", "not JSON"),
        ("[]", "no key file"),
        ("{}", "no key file"),
        ('{"type": "authorized_user"}', "person's own sign-in"),
        ('{"type": "external_account"}', "Keyless"),
        ('{"web": {"client_id": "x"}}', "OAuth client"),
        ('{"installed": {"client_id": "x"}}', "OAuth client"),
        ('{"type": "service_account"}', "lacks client_email, client_id, private_key, private_key_id"),
    ],
)
def test_other_files_are_named(key_file: str, text: str, words: str) -> None:
    (mistake,) = GUIDE.validate(connection(key_file, secrets={"key_file": text})).values()
    assert words in mistake


def test_a_damaged_key_and_a_client_that_is_no_number_are_named(key_file: str) -> None:
    for name, value, words in (("private_key", "-----BEGIN", "cannot be read"), ("client_id", "me", "a number")):
        told = json.dumps({**json.loads(key_file), name: value})
        assert words in GUIDE.validate(connection(key_file, secrets={"key_file": told}))["key_file"]
    assert (
        "lacks client_id"
        in GUIDE.validate(connection("", secrets={"key_file": without(key_file, "client_id")}))["key_file"]
    )


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"tenant": "corp"}, "tenant", "customer ID"),
        ({"credential_kind": "certificate"}, "credential_kind", "Choose one of"),
        ({"tier": 2}, "credential_kind", "signs in itself"),
        ({**SIGNED_IN, "tier": 3}, "credential_kind", "its own calendar alone"),
        ({"endpoints": {"oauth": "http://example.org"}}, "oauth", "https://"),
        ({"secrets": {}}, "key_file", "missing"),
        ({**SIGNED_IN, "settings": {"app_id": CLIENT, "mailbox": BOT}}, "app_id", "cloud service account's ID"),
        ({**SIGNED_IN, "settings": {"app_id": "x", "mailbox": BOT}}, "app_id", "googleusercontent"),
        ({**SIGNED_IN, "settings": {"app_id": "1-x.apps.googleusercontent.com", "mailbox": OAK}}, "mailbox", "rooms"),
        ({**SIGNED_IN, "settings": {"app_id": "1-x.apps.googleusercontent.com", "mailbox": ROBOT}}, "mailbox", "rooms"),
    ],
)
def test_mistakes_are_named_by_field(key_file: str, changed: dict[str, object], field: str, words: str) -> None:
    mistakes = GUIDE.validate(connection(key_file, **changed))
    assert list(mistakes) == [field]
    assert words in mistakes[field]


def test_the_console_is_opened_with_client_and_scopes_filled_in(key_file: str) -> None:
    shown = connection(key_file, settings={"app_id": CLIENT})
    url = urlsplit(GUIDE.consent_url(shown, redirect_url="https://r.example/x", state="s"))
    query = parse_qs(url.query)
    assert (url.netloc, query["clientIdToAdd"]) == ("admin.google.com", [CLIENT])
    assert query["clientScopeToAdd"][0].split(",") == [scopes.full_name(one) for one in scopes.DELEGATED]


def test_a_mailbox_is_asked_for_lasting_consent(key_file: str) -> None:
    url = urlsplit(
        GUIDE.consent_url(connection(key_file, **SIGNED_IN), redirect_url="https://r.example/x", state="s&t")
    )
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert f"{url.scheme}://{url.netloc}{url.path}" == "https://accounts.google.com/o/oauth2/v2/auth"
    assert (query["access_type"], query["prompt"], query["login_hint"]) == ("offline", "consent", BOT)
    assert (query["state"], query["redirect_uri"], query["response_type"]) == ("s&t", "https://r.example/x", "code")
    assert "https://www.googleapis.com/auth/calendar.events.owned" in query["scope"].split()


@pytest.mark.parametrize(
    ("answer", "is_given", "reason"),
    [
        ({"code": "4/x", "scope": "openid"}, True, ""),
        ({"error": "access_denied"}, False, "Cancel"),
        ({"error": "admin_policy_enforced", "error_description": "<b>made up</b>"}, False, "did not let"),
        ({}, False, "without saying"),
    ],
)
def test_what_the_consent_page_says(answer: dict[str, str], is_given: bool, reason: str) -> None:  # noqa: FBT001 - a table's column
    report = GUIDE.read_consent(answer, redirect_url="https://r.example/x")
    assert report.is_given is is_given
    assert reason in report.reason
    assert "made up" not in report.reason
    assert bool(report.grant) is is_given


def test_the_delegation_lists_client_and_every_scope_of_its_tier() -> None:
    delegation, share, none = GUIDE.restriction_scripts(facts())
    assert (delegation.key, share.key, none.key) == ("delegation", "share-rooms", "no-delegation")
    assert CLIENT in delegation.text
    (tier,) = (one for one in DESCRIPTION.tiers if one.number == 3)
    assert all(scopes.full_name(one.key) in delegation.text for one in tier.permissions)
    assert "every calendar" in delegation.explanation
    assert [one.key for one in GUIDE.restriction_scripts(facts(tier=1))] == ["share-rooms", "no-delegation"]


def rooms_in(script: str) -> list[str]:
    found = re.search(r"^const ROOMS = (\[.*?\]);$", script, re.DOTALL | re.MULTILINE)
    assert found is not None
    rooms: list[str] = json.loads(found[1])
    return rooms


def test_rooms_are_shared_with_whoever_reads_them() -> None:
    with_account = GUIDE.restriction_scripts(facts(tier=2))[0].text
    assert f"const WITH = {json.dumps(BOT)};" in with_account
    assert rooms_in(with_account) == list(facts().rooms)
    alone = GUIDE.restriction_scripts(facts(tier=1, service_account=None))[0].text
    assert f"const WITH = {json.dumps(ROBOT)};" in alone


@pytest.mark.skipif(shutil.which("node") is None, reason="the script's language is not installed here")
def test_the_script_shares_what_is_not_shared_and_lowers_nobodys_rights() -> None:
    """Run by an engine of its language, with Google's services as its editor offers them."""
    script = GUIDE.restriction_scripts(facts(tier=2, rooms=(OAK, Address("r2@x.example"), Address("r3@x.example"))))[0]
    around = """
    const held = {"r2@x.example": "writer"}, inserted = [];
    const Calendar = {Acl: {
      get: (room) => { if (!(room in held)) throw new Error("Not Found"); return {role: held[room]}; },
      insert: (rule, room, options) => {
        if (room === "r3@x.example") throw new Error("Forbidden");
        inserted.push([room, rule.role, rule.scope.value, options.sendNotifications]);
      },
    }};
    const PropertiesService = {getScriptProperties: () => ({
      getProperty: () => null, setProperty: () => {}, deleteProperty: () => {} })};
    """
    text = around + script.text + "\nshareRooms();\nconsole.log(JSON.stringify(inserted));\n"
    ran = subprocess.run(["node", "-e", text], capture_output=True, text=True, check=True)
    *told, inserted = ran.stdout.splitlines()
    assert json.loads(inserted) == [[OAK, "reader", BOT, False]]
    assert told == ["3 rooms looked at, 1 failed."]


@pytest.mark.parametrize("cause", list(AccessCause))
def test_every_cause_has_a_remedy_and_somebody_who_can(cause: AccessCause) -> None:
    for mailboxes in ((OAK,), (JANE,)):
        for tier in (1, 2, 3):
            remedy = GUIDE.access_remedy(cause, mailboxes, facts(tier=tier))
            assert remedy.sentence.endswith(".")
            assert remedy.who in Who


def test_rooms_that_refuse_get_a_script_for_just_these() -> None:
    remedy = GUIDE.access_remedy(AccessCause.REFUSED, (OAK,), facts())
    assert remedy.who is Who.CALENDAR_ADMIN
    assert rooms_in(remedy.command) == [OAK]
    person = GUIDE.access_remedy(AccessCause.REFUSED, (JANE,), facts())
    assert person.who is Who.DIRECTORY_ADMIN
    assert CLIENT in person.command


def test_every_scope_has_a_remedy() -> None:
    for tier in DESCRIPTION.tiers:
        for permission in tier.permissions:
            remedy = GUIDE.permission_remedy(permission.key, facts(tier=tier.number))
            assert remedy.sentence.endswith(".")
    assert "admin role" in GUIDE.permission_remedy(scopes.ROOMS, facts()).sentence
    assert OAK in GUIDE.room_answer_remedy(RoomAnswer.SILENT, [OAK], None).sentence
    assert GUIDE.restricts(["calendar.events.owned"]) == {}
