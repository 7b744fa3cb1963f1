"""Makes Google calls: who asks, token, limits, repetition of reads, and errors of our own tree.

Reads are repeated a little here, since a page in the middle of many should not be lost to one hiccup. Writes are
sent once: whoever stored them sends them again.
"""

import hashlib
from collections.abc import AsyncIterator, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from random import SystemRandom
from urllib.parse import urlsplit

import stamina

from roomstead.adapters.http.transport import Answer, AnswerLost, AnswerTooLarge, CallNotSent, OutgoingCall, Transport
from roomstead.adapters.providers.google.asking import Asker, Way
from roomstead.adapters.providers.google.auth import Token, TokenSource, TokenVault
from roomstead.adapters.providers.google.calls import GoogleCall
from roomstead.adapters.providers.google.errors import error_for, is_about_the_project
from roomstead.adapters.providers.google.rates import meters_of
from roomstead.adapters.providers.google.token_errors import DELEGATION_MISSING, SubjectRefused, is_about_delegation
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.limits import CallLimits
from roomstead.domain.access import AccessCause
from roomstead.domain.errors import (
    AppError,
    Broken,
    ConsentMissing,
    CredentialMissing,
    OutcomeUnknown,
    OutOfReach,
    ProviderUnavailable,
    RetryLater,
    Throttled,
    UnreadableAnswer,
)

_READ_ATTEMPTS = 3
_TRUST_REFERENCE_FOR = timedelta(minutes=1)
"""How old a token may be that shows the delegation to be in force: one that was withdrawn lives on for an hour."""
_CHANCE = SystemRandom()


@dataclass(frozen=True, slots=True)
class GoogleAccess:
    """What calls of one credential in one tenant share: who asks, tokens, limits."""

    calendar_url: str
    """The Calendar API with its version; no slash at the end."""
    directory_url: str
    customer: str
    """Names the tenant to the Directory API."""
    app_key: str
    """Names tenant and credential to the limits."""
    app_id: str
    """Names the credential alone, which several tenants may share."""
    way: Way
    cloud: TokenSource | None
    """Tokens of the cloud identity, for itself or in somebody's name; None: there is none."""
    mailbox: TokenSource | None
    """Tokens of the mailbox that signed in; None: none did."""
    tokens: TokenVault
    """Of this credential alone."""
    limits: CallLimits
    clock: Clock


class GoogleClient:
    """Calls of one connected tenant."""

    def __init__(self, access: GoogleAccess, transport: Transport) -> None:
        """No I/O yet."""
        self.access = access
        self._transport = transport

    async def json(self, call: GoogleCall) -> Mapping[str, object]:
        """Make a call whose answer is a JSON object; an empty answer is an empty object."""
        answer = await self.answer(call)
        try:
            body = answer.json()
        except ValueError as error:
            raise _unreadable(call, answer) from error
        if body is None:
            return {}
        if not isinstance(body, dict):
            raise _unreadable(call, answer)
        return body

    async def answer(self, call: GoogleCall) -> Answer:
        """Make a call; what comes back is a success. Raises errors of our tree, and those of the port alone."""
        if call.is_write:
            return await self._attempt(call)
        attempts = stamina.retry_context(on=_read_again, attempts=_READ_ATTEMPTS, timeout=None, wait_jitter=0.2)
        async for attempt in attempts:
            with attempt:
                return await self._attempt(call)
        raise Broken("A loop of attempts ended without an answer or an error.")

    async def pages(self, call: GoogleCall) -> AsyncIterator[Mapping[str, object]]:
        """The bodies of a list, page by page; a page may be empty, only a missing token ends the list."""
        following: GoogleCall | None = call
        while following is not None:
            body = await self.json(following)
            yield body
            token = body.get("nextPageToken")
            query = (*call.query, ("pageToken", token)) if isinstance(token, str) and token else None
            following = replace(call, query=query) if query else None

    async def own_token(self) -> Token:
        """A token issued this moment, to the cloud identity itself or to the mailbox that signed in."""
        asker = self.access.way.itself()
        source = self._source(asker)
        return await self.access.tokens.renew(self._key(asker), lambda: source.fetch(asker.subject, asker.scope))

    async def token(self, asker: Asker, *, rejected: str | None = None, fresh_for: timedelta | None = None) -> Token:
        """A token of whoever asks. Raises OutOfReach where one mailbox is refused, NeedsAdmin where all would be."""
        try:
            return await self._fetch(asker, rejected=rejected, fresh_for=fresh_for)
        except SubjectRefused as refusal:
            raise await self._judged(refusal, asker) from refusal

    async def _attempt(self, call: GoogleCall) -> Answer:
        asker = self.access.way.asker(call)
        token = await self.token(asker)
        answer = await self._exchange(call, token)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            token = await self.token(asker, rejected=token.value)
            answer = await self._exchange(call, token)
        if answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return answer
        error = error_for(answer, call, self.access.clock.now())
        await self._heed(error, call, answer)
        raise error

    async def _fetch(self, asker: Asker, *, rejected: str | None = None, fresh_for: timedelta | None = None) -> Token:
        source = self._source(asker)
        not_before = None if fresh_for is None else self.access.clock.now() - fresh_for
        return await self.access.tokens.get(
            self._key(asker),
            lambda: source.fetch(asker.subject, asker.scope),
            rejected=rejected,
            not_before=not_before,
        )

    def _source(self, asker: Asker) -> TokenSource:
        source = self.access.mailbox if asker.is_mailbox_sign_in else self.access.cloud
        if source is None:
            raise CredentialMissing(remedy="Enter the integration's credential again.")
        return source

    @staticmethod
    def _key(asker: Asker) -> Hashable:
        """A mailbox's own consent is one for all scopes."""
        return (asker.subject, "" if asker.is_mailbox_sign_in else asker.scope)

    async def _judged(self, refusal: SubjectRefused, asker: Asker) -> AppError:
        """Whether this subject is out of reach, or the delegation is missing for everybody.

        Google says the same of both, so somebody who has to be in reach is asked for, too.
        """
        if refusal.cause is not AccessCause.NONE:
            return OutOfReach(refusal.subject, refusal.cause, provider_code=refusal.code)
        by_delegation = is_about_delegation(refusal.code)
        missing = ConsentMissing(DELEGATION_MISSING[0], remedy=DELEGATION_MISSING[1], details={"code": refusal.code})
        reference = self.access.way.reference(asker)
        if reference is None and by_delegation:
            return missing
        try:
            await self._fetch(reference or replace(asker, subject=None), fresh_for=_TRUST_REFERENCE_FOR)
        except SubjectRefused:
            return missing
        cause = AccessCause.REFUSED if by_delegation else AccessCause.NO_MAILBOX
        return OutOfReach(refusal.subject, cause, provider_code=refusal.code)

    async def _exchange(self, call: GoogleCall, token: Token) -> Answer:
        headers = {"Authorization": f"Bearer {token.value}", **call.headers}
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        outgoing = OutgoingCall(call.method, self._url(call), call.template, headers, call.body)
        meters = meters_of(call, self.access.app_id)
        async with self.access.limits.slot(self.access.app_key, _lane(call), meters):
            try:
                return await self._transport.send(outgoing)
            except CallNotSent as failure:
                host = urlsplit(outgoing.url).netloc
                details = {"path": call.template, "host": host}
                raise ProviderUnavailable(f"Google cannot be reached at {host}.", details=details) from failure
            except (AnswerLost, AnswerTooLarge) as failure:
                raise _lost(call, failure) from failure

    def _url(self, call: GoogleCall) -> str:
        base = self.access.directory_url if call.reach.is_directory else self.access.calendar_url
        return base + call.relative_url(_quota_user(call))

    async def _heed(self, error: AppError, call: GoogleCall, answer: Answer) -> None:
        """Pause where Google asks for it, so that nobody else runs into the same refusal: all, where it is for all.

        A calendar that takes no edits can still be read, and is not paused.
        """
        if not isinstance(error, RetryLater):
            return
        wait = error.after
        if isinstance(error, Throttled):
            wait = wait if wait is not None else timedelta(seconds=_CHANCE.uniform(1, 5))
            lane = "" if is_about_the_project(answer, call) else _lane(call)
            await self.access.limits.pause(self.access.app_key, lane, wait)


def items_of(body: Mapping[str, object], name: str = "items") -> Sequence[Mapping[str, object]]:
    """The list in an answer; the Directory API leaves an empty one out. Raises UnreadableAnswer for anything else."""
    values = body.get(name, [])
    if not isinstance(values, list):
        raise UnreadableAnswer(details={"missing": name})
    return [value for value in values if isinstance(value, dict)]


def _lane(call: GoogleCall) -> str:
    return call.mailbox.address if call.mailbox else ""


def _quota_user(call: GoogleCall) -> Sequence[tuple[str, str]]:
    """Whom to count a call for: without it all of a delegation's calls count as one user's (Calendar API docs: quota).

    At most 40 characters, which a SHA-1 is.
    """
    if call.mailbox is None:
        return ()
    digest = hashlib.sha1(call.mailbox.address.encode(), usedforsecurity=False).hexdigest()
    return (("quotaUser", digest),)


def _read_again(error: Exception) -> bool | float:
    """Whether a read is worth another try at once; a pause, if one was asked for, is waited out by the limits."""
    if isinstance(error, Throttled):
        return 0.0
    return isinstance(error, ProviderUnavailable) and error.after is None


def _lost(call: GoogleCall, failure: Exception) -> AppError:
    if call.is_write:
        return OutcomeUnknown(details={"path": call.template})
    if isinstance(failure, AnswerTooLarge):
        return UnreadableAnswer("Google's answer is larger than we read.", details={"path": call.template})
    return ProviderUnavailable(details={"path": call.template})


def _unreadable(call: GoogleCall, answer: Answer) -> AppError:
    details = {"path": call.template, "request_id": answer.request_id}
    return OutcomeUnknown(details=details) if call.is_write else UnreadableAnswer(details=details)
