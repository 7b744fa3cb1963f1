"""Bad luck on order, as Google's front ends show it: error answers, answers that are no JSON, no answer at all."""

import asyncio
from dataclasses import dataclass

from roomstead_sandbox.google.errors import GoogleError, auth_error
from roomstead_sandbox.wire import Answer, Dropped
from roomstead_sandbox.world.faults import Fault, FaultKind, Faults

_REASONS = {403: "rateLimitExceeded", 429: "rateLimitExceeded", 500: "backendError", 503: "backendError"}
_SENTENCES = {403: "Rate Limit Exceeded", 429: "Rate Limit Exceeded", 500: "Backend Error"}
GATEWAY_PAGE = (
    "<!DOCTYPE html>\n<html lang=en>\n<title>Error {code} (Server Error)!!1</title>\n"
    "<p><b>{code}.</b> <ins>That’s an error.</ins>\n"
    "<p>The server encountered a temporary error and could not complete your request.<p>Please try again in 30 seconds."
)


@dataclass
class Unlucky(Exception):
    """The answer that bad luck sends instead of the right one."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Where:
    """Which call asks for its luck."""

    mailbox: str | None
    operation: str
    method: str


async def before(faults: Faults, where: Where) -> tuple[Fault | None, Fault | None]:
    """Wait or fail as ordered before the work. What is left for after it: a delay, a failure."""
    slow = _strike(faults, where, FaultKind.SLOW)
    if slow is not None and not slow.after_commit:
        await asyncio.sleep(slow.seconds)
    if _strike(faults, where, FaultKind.EXPIRED_TOKEN) is not None:
        raise auth_error()
    fault = _strike(faults, where, FaultKind.ANSWER, FaultKind.DROP)
    if fault is not None and not fault.after_commit:
        raise struck(fault)
    return slow if slow is not None and slow.after_commit else None, fault


async def after(slow: Fault | None, fault: Fault | None) -> None:
    """Wait or fail as ordered although the work is done."""
    if slow is not None:
        await asyncio.sleep(slow.seconds)
    if fault is not None:
        raise struck(fault)


def struck(fault: Fault) -> Exception:
    """What a fault makes of an answer. With the parameter ``page`` it is a gateway's page, which is no JSON."""
    if fault.kind is FaultKind.DROP:
        return Dropped()
    code = fault.status or 503
    if fault.parameters.get("page"):
        page = GATEWAY_PAGE.format(code=code).encode()
        return Unlucky(Answer(code, page, "text/html; charset=UTF-8", list(fault.headers.items())))
    reason = fault.code or _REASONS.get(code, "backendError")
    message = fault.message or _SENTENCES.get(code, "The service is currently unavailable.")
    domain = str(fault.parameters.get("domain") or ("usageLimits" if reason.endswith("Exceeded") else "global"))
    return GoogleError(code, domain, reason, message, headers=tuple(fault.headers.items()))


def _strike(faults: Faults, where: Where, *kinds: FaultKind) -> Fault | None:
    return faults.strike(kinds, mailbox=where.mailbox, operation=where.operation, method=where.method)
