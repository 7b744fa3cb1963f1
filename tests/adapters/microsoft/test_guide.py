"""What an admin is told: mistakes in the form, consent, scripts and remedies."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from roomstead.adapters.providers.microsoft.guide import MicrosoftGuide
from roomstead.adapters.providers.microsoft.offer import DESCRIPTION
from roomstead.application.ports.providers import Connection, RestrictionFacts, Who
from roomstead.domain.access import AccessCause
from roomstead.domain.mailbox import Address
from roomstead.domain.room_answers import RoomAnswer

GUIDE = MicrosoftGuide()
APP, TENANT = "535fb089-9ff3-47b6-9bfb-4f1264799865", "a8990e1f-ff32-408a-9f8e-78d3b9139b95"


def key_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, passphrase: bytes = b"") -> str:
    encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode()


def certificate_pem(key: rsa.RSAPrivateKey, ends_in: timedelta = timedelta(days=90)) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Roomstead")])
    ends = datetime.now(UTC) + ends_in
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(ends - timedelta(days=365)).not_valid_after(ends)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def connection(**changed: object) -> Connection:
    values: dict[str, object] = {
        "provider": "microsoft",
        "tenant": TENANT,
        "endpoints": DESCRIPTION.clouds["global"],
        "credential_kind": "secret",
        "settings": {"app_id": APP},
        "secrets": {"client_secret": "qWgdYAmab0YSkuL1qKv5bPX"},
    }
    return Connection(**{**values, **changed})  # type: ignore[arg-type]  # a table of cases


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def with_certificate(certificate: str, private_key: str) -> Connection:
    return connection(
        credential_kind="certificate",
        settings={"app_id": APP, "certificate": certificate},
        secrets={"private_key": private_key},
    )


def test_a_right_form_has_no_mistakes(key: rsa.RSAPrivateKey) -> None:
    assert GUIDE.validate(connection()) == {}
    assert GUIDE.validate(connection(tenant="contoso.onmicrosoft.com")) == {}
    assert GUIDE.validate(with_certificate(certificate_pem(key), key_pem(key))) == {}
    local = {"login": "http://127.0.0.1:8800/login", "api": "http://localhost:8800/graph", "scope": "x/.default"}
    assert GUIDE.validate(connection(endpoints=local)) == {}


@pytest.mark.parametrize(
    ("changed", "field", "word"),
    [
        ({"tenant": "common"}, "tenant", "own tenant"),
        ({"tenant": "Contoso Ltd"}, "tenant", "GUID"),
        ({"settings": {"app_id": "roomstead"}}, "app_id", "GUID"),
        ({"settings": {}}, "app_id", "missing"),
        ({"secrets": {"client_secret": "0c23f1d0-5b3c-4f0e-9a55-111122223333"}}, "client_secret", "secret's ID"),
        ({"secrets": {}}, "client_secret", "missing"),
        ({"endpoints": {"api": "http://graph.example.org"}}, "api", "https"),
        ({"endpoints": {"login": "file:///etc"}}, "login", "https"),
        ({"credential_kind": "password"}, "credential_kind", "certificate, secret"),
    ],
)
def test_mistakes_are_named_by_field(changed: dict[str, object], field: str, word: str) -> None:
    mistakes = GUIDE.validate(connection(**changed))
    assert list(mistakes) == [field]
    assert word in mistakes[field]


def test_all_mistakes_are_told_at_once() -> None:
    wrong = connection(tenant="", settings={}, secrets={}, endpoints={"api": "ftp://x"})
    assert set(GUIDE.validate(wrong)) == {"tenant", "api", "app_id", "client_secret"}


def test_certificates_and_keys_that_do_not_do(key: rsa.RSAPrivateKey) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    curve = key_pem(ec.generate_private_key(ec.SECP256R1()))
    good = certificate_pem(key)
    cases = {
        ("certificate", "PEM form"): with_certificate("no certificate", key_pem(key)),
        ("certificate", "ended on"): with_certificate(certificate_pem(key, -timedelta(days=1)), key_pem(key)),
        ("private_key", "passphrase"): with_certificate(good, key_pem(key, b"hush")),
        ("private_key", "RSA"): with_certificate(good, curve),
        ("private_key", "not a private key"): with_certificate(good, "-----"),
        ("private_key", "does not belong"): with_certificate(good, key_pem(other)),
    }
    for (field, word), wrong in cases.items():
        mistakes = GUIDE.validate(wrong)
        assert list(mistakes) == [field]
        assert word in mistakes[field]


def test_the_consent_page_carries_the_state() -> None:
    url = GUIDE.consent_url(connection(), redirect_url="https://rooms.example.org/consent?a=1", state="s&1")
    parts = urlsplit(url)
    assert (parts.netloc, parts.path) == ("login.microsoftonline.com", f"/{TENANT}/adminconsent")
    assert parse_qs(parts.query) == {
        "client_id": [APP],
        "state": ["s&1"],
        "redirect_uri": ["https://rooms.example.org/consent?a=1"],
    }


def facts(tier: int = 2, rooms: int = 3, organizers: tuple[str, ...] = ()) -> RestrictionFacts:
    return RestrictionFacts(
        app_id=APP,
        app_object_id="8ee44408-0679-472c-bc2a-692812af3437",
        tenant=TENANT,
        service_account=Address("rooms@contoso.com") if tier > 1 else None,
        rooms=[Address(f"o'room{number}@contoso.com") for number in range(rooms)],
        organizers=[Address(one) for one in organizers],
        tier=tier,
        group_address=Address("roomstead@contoso.com"),
    )


def test_the_best_way_comes_first_and_the_superseded_one_is_marked() -> None:
    scripts = GUIDE.restriction_scripts(facts())
    assert [(script.key, script.is_superseded) for script in scripts] == [
        ("rbac", False),
        ("rbac_remove_consent", False),
        ("application_access_policy", True),
    ]
    assert len({script.title for script in scripts}) == len(scripts)


def test_roles_are_granted_on_rooms_by_kind_and_on_hosts_by_name() -> None:
    rbac = GUIDE.restriction_scripts(facts(tier=3, organizers=("jane@contoso.com",)))[0].text
    assert "\"RecipientTypeDetails -eq 'RoomMailbox'\"" in rbac
    assert "Confirm-Grant 'Application Calendars.Read' 'Roomstead rooms'" in rbac
    assert "Confirm-Grant 'Application Calendars.ReadWrite' 'Roomstead hosts'" in rbac
    assert "'rooms@contoso.com',\n    'jane@contoso.com'" in rbac
    assert "'8ee44408-0679-472c-bc2a-692812af3437'" in rbac
    assert "Test-ServicePrincipalAuthorization" in rbac


def test_in_tier_one_nothing_may_be_written() -> None:
    scripts = GUIDE.restriction_scripts(facts(tier=1))
    assert "ReadWrite'" not in scripts[0].text
    assert "MailboxSettings" not in scripts[0].text
    assert "Roomstead hosts" not in scripts[0].text


def test_organisers_are_let_in_at_tier_three_only() -> None:
    for tier, named in ((2, False), (3, True)):
        for script in GUIDE.restriction_scripts(facts(tier=tier, organizers=("jane@contoso.com",))):
            if script.key != "rbac_remove_consent":
                assert ("jane@contoso.com" in script.text) is named


def test_the_policy_holds_the_service_account_and_every_room() -> None:
    policy = GUIDE.restriction_scripts(facts(rooms=3000))[2].text
    assert policy.count("'o''room") == 3002
    assert "'rooms@contoso.com'" in policy
    assert "RestrictAccess" in policy


def test_taking_consent_back_names_the_permissions_that_reach_every_mailbox() -> None:
    script = GUIDE.restriction_scripts(facts())[1].text
    assert "'ef54d2bf-783f-4e0f-bca1-3210c0444d99'" in script
    assert "913b9306-0ce1-42b8-9137-6a7df690a760" not in script


@pytest.mark.parametrize("cause", list(AccessCause))
def test_every_cause_has_a_remedy_that_says_who(cause: AccessCause) -> None:
    remedy = GUIDE.access_remedy(cause, [Address("a@contoso.com"), Address("b@contoso.com")], facts())
    assert remedy.sentence.endswith(".")
    assert remedy.who in Who
    assert not remedy.command or "'a@contoso.com',\n    'b@contoso.com'" in remedy.command


@pytest.mark.parametrize("permission", [one.key for tier in DESCRIPTION.tiers for one in tier.permissions])
def test_every_permission_has_a_remedy(permission: str) -> None:
    remedy = GUIDE.permission_remedy(permission, facts())
    assert permission in remedy.sentence
    assert remedy.guide


def test_a_silent_room_has_its_command() -> None:
    remedy = GUIDE.room_answer_remedy(RoomAnswer.SILENT, [Address("o'ak@contoso.com")], None)
    assert "$Rooms = @(\n    'o''ak@contoso.com'\n)" in remedy.command
    assert "-AutomateProcessing AutoAccept" in remedy.command


def test_a_room_that_declines_lets_the_service_account_book_in_policy() -> None:
    remedy = GUIDE.room_answer_remedy(RoomAnswer.DECLINES, [Address("oak@contoso.com")], Address("rooms@contoso.com"))
    assert "$Account = 'rooms@contoso.com'" in remedy.command
    assert "-BookInPolicy (@($policy.BookInPolicy) + $Account)" in remedy.command


def test_permissions_that_no_restriction_covers_are_flagged() -> None:
    found = GUIDE.restricts(["Calendars.ReadWrite", "Calendars.ReadBasic.All", "Place.Read.All"])
    assert list(found) == ["Calendars.ReadBasic.All"]
