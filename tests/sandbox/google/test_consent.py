"""A mailbox that signs in by itself once: the consent page, codes, refresh tokens, and their end."""

import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from google.auth import jwt as google_jwt
from google.auth.exceptions import RefreshError
from google.oauth2.credentials import Credentials
from tests.sandbox.google.conftest import AUTH, BOT, JANE, Json, Rehearsal, refusal

BACK = "http://127.0.0.1:9/back"
SCOPES = [f"{AUTH}calendar.events.owned", f"{AUTH}calendar.calendars.readonly"]


def _address(rehearsal: Rehearsal, **more: str) -> str:
    query = {
        "client_id": rehearsal.endpoints["google_oauth_client_id"],
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": " ".join(SCOPES),
        "access_type": "offline",
        "state": "s 1",
        **more,
    }
    return f"{rehearsal.endpoints['google_authorize_uri']}?{urlencode(query)}"


def _told(answer: Any) -> dict[str, str]:  # noqa: ANN401  (an answer of httpx2)
    assert answer.status_code == 302, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def _allowed(rehearsal: Rehearsal, **more: str) -> str:
    answer = rehearsal.http.post(_address(rehearsal, **more), data={"account": BOT, "decision": "allow"})
    return _told(answer)["code"]


def _redeem(rehearsal: Rehearsal, code: str, **more: str) -> Json:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": rehearsal.endpoints["google_oauth_client_id"],
        "client_secret": rehearsal.endpoints["google_oauth_client_secret"],
        "redirect_uri": BACK,
        **more,
    }
    answer: Json = rehearsal.http.post(rehearsal.endpoints["google_token_uri"], data=form).json()
    return answer


def _service(rehearsal: Rehearsal, refresh_token: str) -> Any:  # noqa: ANN401  (a discovered client)
    credentials = Credentials(  # type: ignore[no-untyped-call]  # google-auth has no types
        None,
        refresh_token=refresh_token,
        token_uri=rehearsal.endpoints["google_token_uri"],
        client_id=rehearsal.endpoints["google_oauth_client_id"],
        client_secret=rehearsal.endpoints["google_oauth_client_secret"],
    )
    return rehearsal.built(credentials)


def test_from_the_page_to_a_calendar_and_to_the_end(rehearsal: Rehearsal) -> None:
    page = rehearsal.http.get(_address(rehearsal, login_hint=BOT))
    assert "Roomstead wants to access your account" in page.text
    assert re.search(rf"<option selected>{re.escape(BOT)}", page.text)
    target = re.search(r'action="([^"]+)"', page.text)
    assert target
    answer = rehearsal.http.post(target[1].replace("&amp;", "&"), data={"account": BOT, "decision": "allow"})
    told = _told(answer)
    assert told["state"] == "s 1"
    got = _redeem(rehearsal, told["code"])
    assert got["token_type"] == "Bearer"
    assert sorted(got["scope"].split()) == sorted(SCOPES)
    service = _service(rehearsal, got["refresh_token"])
    assert service.calendars().get(calendarId="primary").execute()["id"] == BOT
    assert refusal(service.acl().list(calendarId="primary")) == (403, "insufficientPermissions")
    rehearsal.order("withdraw-consent", user=BOT)
    with pytest.raises(RefreshError, match="invalid_grant: Token has been expired or revoked"):
        service.calendars().get(calendarId="primary").execute()


@pytest.mark.parametrize(("more", "says"), [("", None), (" openid", {}), (" openid email", {"email": BOT})])
def test_who_signed_in_is_said_to_whoever_asks(rehearsal: Rehearsal, more: str, says: Json | None) -> None:
    got = _redeem(rehearsal, _allowed(rehearsal, scope=" ".join(SCOPES) + more))
    if says is None:
        assert "id_token" not in got
        return
    told = google_jwt.decode(got["id_token"], verify=False)  # type: ignore[no-untyped-call]  # google-auth has no types
    client_id = rehearsal.endpoints["google_oauth_client_id"]
    assert (told["iss"], told["aud"], told["hd"]) == ("https://accounts.google.com", client_id, "corp.example")
    assert {name: told[name] for name in ("email",) if name in told} == says


def test_a_code_is_worth_one_token_for_one_client(rehearsal: Rehearsal) -> None:
    code = _allowed(rehearsal)
    assert _redeem(rehearsal, code)["access_token"]
    assert _redeem(rehearsal, code)["error"] == "invalid_grant"
    assert _redeem(rehearsal, _allowed(rehearsal), redirect_uri=BACK + "2")["error"] == "redirect_uri_mismatch"
    assert _redeem(rehearsal, _allowed(rehearsal), client_secret="wrong")["error"] == "invalid_client"
    assert _redeem(rehearsal, _allowed(rehearsal), client_id="nobody")["error"] == "invalid_client"
    late = _allowed(rehearsal)
    rehearsal.advance(601)
    assert _redeem(rehearsal, late)["error"] == "invalid_grant"


def test_proof_by_the_client_that_asked(rehearsal: Rehearsal) -> None:
    more = {"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256"}
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert _redeem(rehearsal, _allowed(rehearsal, **more), code_verifier="other")["error"] == "invalid_grant"
    assert _redeem(rehearsal, _allowed(rehearsal, **more))["error"] == "invalid_grant"
    assert _redeem(rehearsal, _allowed(rehearsal, **more), code_verifier=verifier)["access_token"]


def test_a_refresh_token_comes_once_unless_asked_for_again(rehearsal: Rehearsal) -> None:
    assert "refresh_token" in _redeem(rehearsal, _allowed(rehearsal))
    assert "refresh_token" not in _redeem(rehearsal, _allowed(rehearsal))
    assert "refresh_token" in _redeem(rehearsal, _allowed(rehearsal, prompt="consent"))
    assert "refresh_token" not in _redeem(rehearsal, _allowed(rehearsal, access_type="online", prompt="consent"))


def test_the_person_refuses(rehearsal: Rehearsal) -> None:
    answer = rehearsal.http.post(_address(rehearsal), data={"account": BOT, "decision": "cancel"})
    assert _told(answer) == {"error": "access_denied", "state": "s 1"}
    rehearsal.order("consent-page", answer="refuses")
    assert _told(rehearsal.http.get(_address(rehearsal)))["error"] == "access_denied"
    rehearsal.order("consent-page", answer="allows")
    assert "code" in _told(rehearsal.http.get(_address(rehearsal, login_hint=BOT)))


def test_what_the_client_never_hears_of(rehearsal: Rehearsal) -> None:
    for more, error in (
        ({"client_id": "nobody"}, "invalid_client"),
        ({"redirect_uri": "javascript:alert(1)"}, "redirect_uri_mismatch"),
        ({"scope": f"{AUTH}calender"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ):
        page = rehearsal.http.get(_address(rehearsal, **more))
        assert page.status_code in (400, 401)
        assert error in page.text
    rehearsal.order("change-client", redirects=["https://roomstead.example/back"])
    assert "redirect_uri_mismatch" in rehearsal.http.get(_address(rehearsal)).text


def test_the_admin_blocks_the_client(rehearsal: Rehearsal) -> None:
    held = rehearsal.order("consent", user=BOT, scopes=["calendar.events.owned"])["refresh_token"]
    rehearsal.order("block-client")
    answer = rehearsal.http.post(_address(rehearsal), data={"account": BOT, "decision": "allow"})
    assert "admin_policy_enforced" in answer.text
    with pytest.raises(RefreshError, match="admin_policy_enforced"):
        _service(rehearsal, held).calendars().get(calendarId="primary").execute()


def test_a_client_of_one_organisation(rehearsal: Rehearsal) -> None:
    rehearsal.control.post("tenants", {"name": "Second", "domains": ["second.example"], "face": "google"})
    rehearsal.control.post("users", {"upn": "ann@second.example", "display_name": "Ann A", "tenant": "second.example"})
    form = {"account": "ann@second.example", "decision": "allow"}
    page = rehearsal.http.post(_address(rehearsal), data=form)
    assert page.status_code == 403
    assert "org_internal" in page.text
    body = {"name": "Open", "internal": False, "redirects": [BACK], "tenant": "corp.example"}
    made = rehearsal.order("register-client", **body)
    told = _told(rehearsal.http.post(_address(rehearsal, client_id=made["client_id"]), data=form))
    got = _redeem(rehearsal, told["code"], **made)
    assert got["refresh_token"]


def test_ways_in_which_a_consent_ends(rehearsal: Rehearsal) -> None:
    revoke = rehearsal.endpoints["google_revoke_uri"]
    got = _redeem(rehearsal, _allowed(rehearsal))
    assert rehearsal.http.post(revoke, data={"token": got["access_token"]}).status_code == 200
    assert rehearsal.http.post(revoke, data={"token": got["refresh_token"]}).json()["error"] == "invalid_token"
    for order, body in (("suspend", {"user": BOT}), ("delete-user", {"user": BOT})):
        rehearsal.begin()
        held = rehearsal.order("consent", user=BOT, scopes=["calendar"])["refresh_token"]
        rehearsal.order(order, **body)
        with pytest.raises(RefreshError, match="invalid_grant"):
            _service(rehearsal, held).calendars().get(calendarId="primary").execute()
    rehearsal.begin()
    held = rehearsal.order("consent", user=JANE, scopes=["calendar"])["refresh_token"]
    rehearsal.order("change-client", disabled=True)
    with pytest.raises(RefreshError, match="disabled_client"):
        _service(rehearsal, held).calendars().get(calendarId="primary").execute()
