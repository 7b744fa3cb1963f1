"""From an assertion to a token: whom a service account may act for."""

from roomstead_sandbox.google.identity.tokens import Grant, Token
from roomstead_sandbox.google.scopes import KNOWN
from roomstead_sandbox.google.sign_in.assertion import Assertion
from roomstead_sandbox.google.sign_in.errors import (
    SignInError,
    invalid_scope,
    no_such_person,
    not_delegated,
    person_deleted,
)
from roomstead_sandbox.google.state import FACE, FaceState
from roomstead_sandbox.world.people import MailboxKind, User

CONSUMER_DOMAINS = frozenset({"gmail.com", "googlemail.com"})
"""Google accounts without a Workspace customer: nobody could delegate for them."""


def grant(state: FaceState, assertion: Assertion) -> Token:
    """A token for the subject, or for the service account itself when none is named. SignInError otherwise."""
    if assertion.scopes - KNOWN:
        raise invalid_scope()
    account = assertion.account
    robot = state.robot(account)
    subject = account.email if assertion.subject is None else assertion.subject.casefold()
    user = robot if subject == account.email else _person(state, assertion, subject)
    found = Grant(
        user_id=user.id,
        client_id=account.client_id,
        project=account.project,
        scopes=assertion.scopes,
        account=robot.id,
    )
    return state.tokens.issue(found, state.world.now())


def _person(state: FaceState, assertion: Assertion, address: str) -> User:
    """Somebody of a customer whose admin delegated every scope asked for: all or nothing."""
    domain = address.rpartition("@")[2]
    tenant = state.world.directory.find_tenant(domain)
    if domain in CONSUMER_DOMAINS:
        raise not_delegated()
    if tenant is None or tenant.face != FACE:
        raise no_such_person()
    now = state.world.now()
    granted = state.customer(tenant.id).delegated(assertion.account.client_id, now)
    if assertion.scopes - granted:
        raise not_delegated()
    user = state.world.directory.find(tenant.id, address)
    if user is None or user.is_resource or not _may_be_named_so(state, user, address):
        raise no_such_person()
    if user.mailbox is MailboxKind.SOFT_DELETED:
        raise person_deleted()
    if not user.account_enabled:
        raise _suspended(state)
    if assertion.scopes & state.account(user).denied(now):
        raise SignInError("access_denied", "Account restricted")
    return user


def _may_be_named_so(state: FaceState, user: User, address: str) -> bool:
    """Whether an alias is good enough is not documented."""
    return state.world.switches.alias_signs_in or address == (user.mail or user.upn).casefold()


def _suspended(state: FaceState) -> SignInError:
    """What the host says of a suspended account is not documented: two answers are told of."""
    if state.world.switches.suspended_looks_deleted:
        return no_such_person()
    return SignInError("invalid_grant", "Bad Request")
