"""Clients that nobody here wrote, unmodified, against the rehearsal tenant over TLS: msal and O365."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msal
import pytest
import requests
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from O365 import Account, MSGraphProtocol
from O365.connection import Connection
from O365.utils.token import MemoryTokenBackend
from requests import HTTPError

from roomstead_sandbox.running import RunningSandbox

if TYPE_CHECKING:
    from tests.sandbox.microsoft.conftest import JudgedSandbox

SERVICE = "rooms@contoso.example"
JANE = "jane.doe@contoso.example"
OAK = "oak@contoso.example"
SCOPES = ["https://graph.microsoft.com/.default"]


class Secure:
    """A rehearsal tenant over TLS, with the file of the authority to trust."""

    def __init__(self, sandbox: "JudgedSandbox", folder: Path) -> None:
        authority = trustme.CA()
        certificate = authority.issue_cert("127.0.0.1")
        self.authority = folder / "authority.pem"
        chain, key = folder / "certificate.pem", folder / "key.pem"
        authority.cert_pem.write_to_path(str(self.authority))
        certificate.private_key_pem.write_to_path(str(key))
        for blob in certificate.cert_chain_pems:
            blob.write_to_path(str(chain), append=True)
        self.running = RunningSandbox(sandbox, certificate=chain, key=key, authority=self.authority)
        self.endpoints = self.running.endpoints
        self._sessions = ExitStack()

    def close(self) -> None:
        """Close what the clients opened and leave open, and stop serving."""
        self._sessions.close()
        self.running.close()

    def _session(self) -> requests.Session:
        session = requests.Session()
        session.verify = str(self.authority)
        self._sessions.callback(session.close)
        return session

    def msal(self, credential: object, tenant: str = "contoso.example", **options: object) -> Any:  # noqa: ANN401  (msal has no types)
        """msal's application for the seeded app."""
        return msal.ConfidentialClientApplication(
            self.endpoints["client_id"],
            client_credential=credential,
            authority=f"{self.endpoints['login_base']}/{tenant}",
            instance_discovery=False,
            http_client=self._session(),
            **options,
        )

    def account(self, mailbox: str) -> Any:  # noqa: ANN401  (O365 has no types)
        """O365's account for the seeded app, looking at one mailbox."""
        endpoints, secure = self.endpoints, self

        class Protocol(MSGraphProtocol):  # type: ignore[misc]  # O365 has no types
            _protocol_url = f"{endpoints['graph_base']}/"

        class Connected(Connection):  # type: ignore[misc]  # as above
            @property
            def msal_client(self) -> Any:  # noqa: ANN401  (msal has no types)
                return secure.msal(self.auth[1], token_cache=self.token_backend)

        class Connecting(Account):  # type: ignore[misc]  # as above
            connection_constructor = Connected

        account = Connecting(
            (endpoints["client_id"], endpoints["client_secret"]),
            auth_flow_type="credentials",
            tenant_id=endpoints["tenant_id"],
            protocol=Protocol(default_resource=f"users/{mailbox}", timezone="Europe/Berlin"),
            main_resource=f"users/{mailbox}",
            token_backend=MemoryTokenBackend(),
            verify_ssl=str(self.authority),
            requests_delay=0,
            request_retries=0,
        )
        assert account.authenticate()
        account.con.session = account.con.get_session(load_token=True)
        self._sessions.callback(account.con.session.close)
        return account


@pytest.fixture
def secure(judged: "JudgedSandbox", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Secure]:
    """The tenant over TLS, its answers judged."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    tenant = Secure(judged, tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tenant.authority))  # a machine's own setting would win over `verify`
    yield tenant
    tenant.close()
    assert judged.problems == []


def test_msal_signs_in_with_a_secret_and_reuses_its_token(secure: Secure) -> None:
    app = secure.msal(secure.endpoints["client_secret"])
    first = app.acquire_token_for_client(SCOPES)
    again = app.acquire_token_for_client(SCOPES)
    assert first["token_source"] == "identity_provider"
    assert (again["token_source"], again["access_token"]) == ("cache", first["access_token"])


def test_msal_reports_a_wrong_secret(secure: Secure) -> None:
    refused = secure.msal("wrong").acquire_token_for_client(SCOPES)
    assert (refused["error"], refused["error_codes"]) == ("invalid_client", [7000215])


def test_msal_does_not_find_a_foreign_tenant(secure: Secure) -> None:
    with pytest.raises(ValueError, match="double check your tenant name"):
        secure.msal("x", tenant="fabrikam.example")


@pytest.mark.parametrize("thumbprint", [True, False])
def test_msal_signs_in_with_a_certificate(secure: Secure, *, thumbprint: bool) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "rehearsal")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
    credential = {
        "private_key": key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
        "public_certificate": pem,
    }
    if thumbprint:
        credential["thumbprint"] = certificate.fingerprint(hashes.SHA1()).hex()  # noqa: S303  (how msal names it)
    refused = secure.msal(credential).acquire_token_for_client(SCOPES)
    assert refused["error_codes"] == [700027]
    secure.running.control.post("microsoft/add-certificate", {"pem": pem})
    assert "access_token" in secure.msal(credential).acquire_token_for_client(SCOPES)


def book(calendar: Any) -> Any:  # noqa: ANN401  (O365 has no types)
    """A meeting of Jane in Oak."""
    event = calendar.new_event(subject="Kick-off")
    event.start = datetime(2026, 11, 25, 10, 0, tzinfo=ZoneInfo("UTC"))
    event.end = datetime(2026, 11, 25, 11, 0, tzinfo=ZoneInfo("UTC"))
    event.body = "<p>Organised by Jane Doe</p>"
    event.location = "Oak"
    event.attendees.add([("Jane Doe", JANE), ("Oak", OAK)])
    event.is_reminder_on = False
    assert event.save()
    return event


def test_o365_books_reads_answers_and_cancels(secure: Secure) -> None:
    calendar = secure.account(SERVICE).schedule().get_default_calendar()
    assert calendar.name == "Calendar"
    event = book(calendar)
    secure.running.advance(10)
    read = calendar.get_event(event.object_id)
    assert (read.subject, read.is_reminder_on) == ("Kick-off", False)
    assert "Organised by Jane Doe" in read.get_body_text()
    assert read.start == datetime(2026, 11, 25, 10, 0, tzinfo=ZoneInfo("UTC"))
    assert read.organizer.address == SERVICE
    statuses = {attendee.address: attendee.response_status.status for attendee in read.attendees}
    assert statuses[OAK].value == "accepted"
    janes = secure.account(JANE).schedule().get_default_calendar()
    invited = next(e for e in view(janes) if e.ical_uid == read.ical_uid)
    assert invited.accept_event("with pleasure")
    secure.running.advance(10)
    read = calendar.get_event(event.object_id)
    assert {a.address: a.response_status.status.value for a in read.attendees}[JANE] == "accepted"
    read.subject = "Kick-off, moved"
    read.start = datetime(2026, 11, 25, 12, 0, tzinfo=ZoneInfo("UTC"))
    read.end = datetime(2026, 11, 25, 13, 0, tzinfo=ZoneInfo("UTC"))
    assert read.save()
    assert calendar.get_event(event.object_id).subject == "Kick-off, moved"
    assert read.cancel_event("no longer needed")
    with pytest.raises(HTTPError, match="not found in the store"):
        calendar.get_event(event.object_id)


def view(calendar: Any, batch: int = 5) -> list[Any]:  # noqa: ANN401  (O365 has no types)
    """A month of a calendar, in batches."""
    start, end = datetime(2026, 11, 20, tzinfo=ZoneInfo("UTC")), datetime(2026, 12, 20, tzinfo=ZoneInfo("UTC"))
    return list(calendar.get_events(limit=None, start_recurring=start, end_recurring=end, batch=batch))


def test_o365_follows_pages_and_understands_series(secure: Secure) -> None:
    calendar = secure.account("tom.baker@contoso.example").schedule().get_default_calendar()
    occurrences = [event for event in view(calendar) if event.subject == "Stand-up"]
    assert len(occurrences) == 19
    assert {event.event_type.value for event in occurrences} == {"occurrence"}
    masters = list(calendar.get_events(include_recurring=False, limit=25, query="subject eq 'Stand-up'"))
    assert [event.event_type.value for event in masters] == ["series_master"]
    recurrence = masters[0].recurrence
    assert (recurrence.recurrence_type, recurrence.interval, recurrence.occurrences) == ("weekly", 1, 60)
    start, end = datetime(2026, 11, 23, tzinfo=ZoneInfo("UTC")), datetime(2026, 11, 28, tzinfo=ZoneInfo("UTC"))
    assert len(list(masters[0].get_occurrences(start, end))) == 4


def test_o365_makes_a_series(secure: Secure) -> None:
    calendar = secure.account(SERVICE).schedule().get_default_calendar()
    event = calendar.new_event(subject="Weekly")
    event.start = datetime(2026, 12, 1, 10, 0, tzinfo=ZoneInfo("UTC"))
    event.end = datetime(2026, 12, 1, 11, 0, tzinfo=ZoneInfo("UTC"))
    event.recurrence.set_weekly(
        1, days_of_week=["tuesday"], first_day_of_week="monday", start=event.start.date(), occurrences=3
    )
    assert event.save()
    made = [found for found in view(calendar) if found.subject == "Weekly"]
    assert [found.start.astimezone(UTC).day for found in made] == [1, 8, 15]


def test_o365_asks_for_free_time_and_people(secure: Secure) -> None:
    account = secure.account(SERVICE)
    start, end = datetime(2026, 11, 24, tzinfo=ZoneInfo("UTC")), datetime(2026, 11, 25, tzinfo=ZoneInfo("UTC"))
    answers = account.schedule().get_availability([OAK, "nobody@contoso.example"], start, end, 60)
    assert answers[0]["availabilityView"].count("busy") == 1
    assert answers[1]["scheduleId"] == "nobody@contoso.example"
    assert answers[1]["availabilityView"] == []
    users = list(account.directory().get_users(limit=None))
    assert {user.user_principal_name for user in users} >= {JANE, OAK, SERVICE}
    assert account.directory().get_user(JANE).display_name == "Jane Doe"


def test_o365_meets_a_refusal(secure: Secure) -> None:
    calendar = secure.account("priya.shah@contoso.example").schedule()
    with pytest.raises(HTTPError, match="RAOP"):
        calendar.get_default_calendar()
