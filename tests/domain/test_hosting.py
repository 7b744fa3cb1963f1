"""Who hosts, and why."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead.domain.access import Access, AccessCause, Capability, Verdict
from roomstead.domain.errors import ServiceAccountRequired
from roomstead.domain.hosting import HostKind, OrganizerReach, choose_host, lost_consent_suspected
from roomstead.domain.mailbox import MailboxRef, parse_address

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
JANE = MailboxRef(parse_address("jane@contoso.example"))
SERVICE = MailboxRef(parse_address("rooms@contoso.example"))
QUARTER = timedelta(minutes=15)


def _access(verdict: Verdict, age: timedelta = timedelta(0)) -> Access:
    cause = AccessCause.REFUSED if verdict is Verdict.REFUSED else AccessCause.NONE
    return Access(JANE.address, Capability.WRITE, verdict, cause, NOW - age)


accesses = st.one_of(
    st.none(),
    st.builds(_access, st.sampled_from(Verdict), st.timedeltas(timedelta(0), timedelta(hours=1))),
)


@given(mailbox=st.sampled_from([None, JANE]), access=accesses, service=st.sampled_from([None, SERVICE]))
def test_the_service_account_hosts_only_those_known_to_be_out_of_reach(
    mailbox: MailboxRef | None, access: Access | None, service: MailboxRef | None
) -> None:
    refused = access is not None and access.verdict is Verdict.REFUSED
    fresh = access is not None and access.is_fresh(NOW, QUARTER)
    try:
        choice = choose_host(OrganizerReach(mailbox, access), service, now=NOW, max_age=QUARTER)
    except ServiceAccountRequired:
        assert service is None
        assert mailbox is None or (refused and fresh)
        return
    if choice.kind is HostKind.SERVICE_ACCOUNT:
        assert mailbox is None or refused
        assert choice.cause is not AccessCause.NONE
        assert choice.label
    else:
        assert choice.mailbox == JANE
        assert choice.label is None
        assert not (choice.is_certain and (not fresh or refused))


@pytest.mark.parametrize(
    ("fallen", "standing", "suspected"),
    [(4, 0, False), (5, 0, True), (5, 5, False), (6, 5, True), (5, 100, False)],
)
def test_many_falling_at_once_is_lost_consent(fallen: int, standing: int, suspected: bool) -> None:  # noqa: FBT001  a column of the table
    def people(count: int, prefix: str) -> set[str]:
        return {f"{prefix}{number}@contoso.example" for number in range(count)}

    down = {parse_address(each) for each in people(fallen, "f")}
    up = {parse_address(each) for each in people(standing, "s")}
    assert lost_consent_suspected(down, up) is suspected
