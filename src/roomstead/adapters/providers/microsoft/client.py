"""Makes Graph calls: token, limits, headers, repetition of reads, and errors of our own tree.

Reads are repeated a little here, since a page in the middle of many should not be lost to one hiccup. Writes are
sent once: whoever stored them sends them again.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from random import SystemRandom
from urllib.parse import urlsplit

import stamina

from roomstead.adapters.http.transport import Answer, AnswerLost, AnswerTooLarge, CallNotSent, OutgoingCall, Transport
from roomstead.adapters.providers.microsoft.auth import SignIn, Token, TokenHolder, roles_in
from roomstead.adapters.providers.microsoft.calls import GraphCall
from roomstead.adapters.providers.microsoft.errors import error_for
from roomstead.adapters.providers.microsoft.rates import meters_of
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.limits import CallLimits
from roomstead.domain.errors import (
    AppError,
    Broken,
    OutcomeUnknown,
    ProviderUnavailable,
    RetryLater,
    Throttled,
    UnreadableAnswer,
)

PREFER = 'IdType="ImmutableId", outlook.timezone="UTC", outlook.body-content-type="text"'
PREFER_BODY_AS_IT_IS = 'IdType="ImmutableId", outlook.timezone="UTC", outlook.body-content-type="html"'
"""To write a body back: as text it would lose its formatting and the block by which one joins online."""
"""On every request: ids that survive a move, times in UTC, bodies as text (Microsoft Graph docs: Prefer)."""

_READ_ATTEMPTS = 3
_CHANCE = SystemRandom()


@dataclass(frozen=True, slots=True)
class GraphAccess:
    """What calls of one app in one tenant share: who we are, the token, the limits."""

    base_url: str
    """Graph with its version, such as ``https://graph.microsoft.com/v1.0``; no slash at the end."""
    app_key: str
    """Names tenant and app to the limits."""
    sign_in: SignIn
    tokens: TokenHolder
    limits: CallLimits
    clock: Clock


class GraphClient:
    """Calls of one connected tenant."""

    def __init__(self, access: GraphAccess, transport: Transport) -> None:
        """No I/O yet."""
        self.access = access
        self._transport = transport

    async def json(self, call: GraphCall) -> Mapping[str, object]:
        """Make a call whose answer is a JSON object; an empty answer is an empty object."""
        body, _ = await self.json_and_request_id(call)
        return body

    async def json_and_request_id(self, call: GraphCall) -> tuple[Mapping[str, object], str]:
        """As ``json``, with what Graph calls the request: evidence for an admin."""
        answer = await self.answer(call)
        try:
            body = answer.json()
        except ValueError as error:
            raise _unreadable(call, answer) from error
        if body is None:
            return {}, answer.request_id
        if not isinstance(body, dict):
            raise _unreadable(call, answer)
        return body, answer.request_id

    async def named_permissions(self) -> tuple[str, ...]:
        """What the token names; a permission that it does not name may be granted all the same."""
        return roles_in((await self._token()).value)

    async def answer(self, call: GraphCall) -> Answer:
        """Make a call; what comes back is a success. Raises errors of our tree, and those of the port alone."""
        if call.is_write:
            return await self._attempt(call)
        attempts = stamina.retry_context(on=_read_again, attempts=_READ_ATTEMPTS, timeout=None, wait_jitter=0.2)
        async for attempt in attempts:
            with attempt:
                return await self._attempt(call)
        raise Broken("A loop of attempts ended without an answer or an error.")

    async def pages(self, call: GraphCall) -> AsyncIterator[Sequence[Mapping[str, object]]]:
        """The values of a list, page by page; a page may be empty, only a missing link ends the list."""
        following: GraphCall | None = call
        while following is not None:
            body = await self.json(following)
            yield values_of(body)
            link = body.get("@odata.nextLink")
            following = replace(call, link=link) if isinstance(link, str) and link else None

    async def _attempt(self, call: GraphCall) -> Answer:
        token = await self._token()
        answer = await self._exchange(call, token)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            token = await self._token(rejected=token.value)
            answer = await self._exchange(call, token)
        if answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return answer
        error = error_for(answer, call, self.access.clock.now())
        await self._heed(error, call)
        raise error

    async def _token(self, rejected: str | None = None) -> Token:
        return await self.access.tokens.get(self.access.sign_in.fetch_token, rejected=rejected)

    async def _exchange(self, call: GraphCall, token: Token) -> Answer:
        url = self._url(call)
        headers = {"Authorization": f"Bearer {token.value}", "Prefer": PREFER, **call.headers}
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        outgoing = OutgoingCall(call.method, url, call.template, headers, call.body)
        mailbox = call.mailbox.key.lower() if call.mailbox else ""
        async with self.access.limits.slot(self.access.app_key, mailbox, meters_of(call, self.access.app_key)):
            try:
                return await self._transport.send(outgoing)
            except CallNotSent as failure:
                host = urlsplit(url).netloc
                sentence = f"Microsoft Graph cannot be reached at {host}."
                raise ProviderUnavailable(sentence, details={"host": host}) from failure
            except (AnswerLost, AnswerTooLarge) as failure:
                raise _lost(call, failure) from failure

    async def _heed(self, error: AppError, call: GraphCall) -> None:
        """Make everybody wait who would call the same mailbox, when Graph asked for it.

        A throttled answer without Retry-After is common when too many calls run at once.
        """
        if not isinstance(error, RetryLater):
            return
        wait = error.after
        if wait is None and isinstance(error, Throttled):
            wait = timedelta(seconds=_CHANCE.uniform(1, 5))
        if wait is not None:
            mailbox = call.mailbox.key.lower() if call.mailbox else ""
            await self.access.limits.pause(self.access.app_key, mailbox, wait)

    def _url(self, call: GraphCall) -> str:
        if call.link is None:
            return self.access.base_url + call.relative_url()
        ours, theirs = urlsplit(self.access.base_url), urlsplit(call.link)
        if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc) or not theirs.path.startswith(ours.path + "/"):
            raise Broken("Graph's link leads to another host; it is not followed.", details={"path": call.template})
        return call.link


def values_of(body: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    """The list in an answer. Raises UnreadableAnswer when there is none: missing is not empty."""
    values = body.get("value")
    if not isinstance(values, list):
        raise UnreadableAnswer(details={"missing": "value"})
    return [value for value in values if isinstance(value, dict)]


def _read_again(error: Exception) -> bool | float:
    """Whether a read is worth another try at once; a pause, if one was asked for, is waited out by the limits."""
    if isinstance(error, Throttled):
        return 0.0
    return isinstance(error, ProviderUnavailable) and error.after is None


def _lost(call: GraphCall, failure: Exception) -> AppError:
    if call.is_write:
        return OutcomeUnknown(details={"path": call.template})
    if isinstance(failure, AnswerTooLarge):
        return UnreadableAnswer("Graph's answer is larger than we read.", details={"path": call.template})
    return ProviderUnavailable(details={"path": call.template})


def _unreadable(call: GraphCall, answer: Answer) -> AppError:
    details = {"path": call.template, "request_id": answer.request_id}
    return OutcomeUnknown(details=details) if call.is_write else UnreadableAnswer(details=details)
