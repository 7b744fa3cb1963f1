"""A verification as its page shows it: one line a check, with what mends it and whom to send it to."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from roomstead.application.integration.read_verification import CheckView, FailedGroup, VerificationView
from roomstead.domain.remedy import Remedy, Who
from roomstead.domain.verification import (
    SPREADING_CHECKS,
    Check,
    CheckKey,
    CheckStatus,
    Finding,
    VerificationStatus,
    blocking,
)
from roomstead.entrypoints.web.pages.texts import Texts

SHOWN_NAMES = 3
SHOWN_DETAILS = 20
SHOWN_SECONDS = 0.05
LONGEST_MAIL = 1500
"""Mail programs cut longer ``mailto:`` addresses off; a longer command is copied instead."""

DOTS = {
    CheckStatus.PASSED: "ok",
    CheckStatus.FAILED: "err",
    CheckStatus.PROPAGATING: "maybe",
    CheckStatus.RUNNING: "run",
    CheckStatus.NOT_RUN: "none",
    CheckStatus.SKIPPED: "none",
}


@dataclass(frozen=True, slots=True)
class HandOver:
    """What to send to somebody who can mend it: no secrets in it."""

    text: str
    mail: str
    """The same as a ``mailto:`` address."""


@dataclass(frozen=True, slots=True)
class Mending:
    """One cause with what mends it. ``names``: the first few that it concerns; empty: the check as a whole."""

    key: str
    names: str
    sentence: str
    remedy: Remedy
    who: str
    hand_over: HandOver


@dataclass(frozen=True, slots=True)
class Line:
    """One check as shown."""

    check: Check
    dot: str
    words: str
    number: str
    mendings: tuple[Mending, ...]
    causes: tuple[FailedGroup, ...]
    """Causes that nothing but waiting mends."""
    details: tuple[Finding, ...]
    hidden_details: int
    can_mark: bool

    @property
    def is_open(self) -> bool:
        """Whether it is still looked at."""
        return self.check.status is CheckStatus.RUNNING

    @property
    def can_check_again(self) -> bool:
        """Whether just what failed can be asked again."""
        some_failed = self.check.total > self.check.passed
        is_open = self.check.status in {CheckStatus.FAILED, CheckStatus.PROPAGATING}
        return self.check.key is CheckKey.ROOMS and is_open and some_failed


@dataclass(frozen=True, slots=True)
class Around:
    """What lines are written with."""

    texts: Texts
    provider: str
    tenant: str
    page_url: str


def lines_of(view: VerificationView, around: Around) -> tuple[Line, ...]:
    """Every check of a verification, in order."""
    checks = [each.check for each in view.checks]
    can_mark = view.verification.status is not VerificationStatus.SUPERSEDED
    return tuple(_line(each, checks, around, can_mark=can_mark) for each in view.checks)


def _may_spread(check: Check) -> bool:
    """Whether a change elsewhere could mend it: where no room is known there is nothing to wait for."""
    return check.key is not CheckKey.ROOMS or check.total > 0


def _line(view: CheckView, checks: Sequence[Check], around: Around, *, can_mark: bool) -> Line:
    check = view.check
    findings = [one for group in view.groups for one in group.findings if one.provider_code or one.request_id]
    return Line(
        check=check,
        dot=DOTS[check.status],
        words=_words(check, around.texts),
        number=_number(check, checks, around.texts),
        mendings=tuple(_mendings(view, around)),
        causes=tuple(group for group in view.groups if group.remedy is None and group.sentence),
        details=tuple(findings[:SHOWN_DETAILS]),
        hidden_details=max(len(findings) - SHOWN_DETAILS, 0),
        can_mark=can_mark
        and check.status is CheckStatus.FAILED
        and check.key in SPREADING_CHECKS
        and _may_spread(check),
    )


def _mendings(view: CheckView, around: Around) -> list[Mending]:
    """One for each cause where there are several, else the check's own."""
    grouped = [(group, group.remedy) for group in view.groups if group.remedy is not None]
    if grouped:
        return [
            _mending(f"{view.check.key}-{number}", _names(group.findings, around.texts), group.sentence, remedy, around)
            for number, (group, remedy) in enumerate(grouped, 1)
        ]
    remedy = view.check.remedy
    if remedy is None:
        return []
    return [_mending(f"{view.check.key}", "", view.check.sentence, remedy, around)]


def _mending(key: str, names: str, sentence: str, remedy: Remedy, around: Around) -> Mending:
    who = who_can(remedy.who, around)
    problem = f"{names}: {sentence}" if names else sentence
    return Mending(key, names, sentence, remedy, who, hand_over(problem, remedy, around))


def who_can(who: Who, around: Around) -> str:
    """Who can apply a remedy, as that provider calls them."""
    return around.texts.of(around.provider, f"who.{who}")


def hand_over(problem: str, remedy: Remedy, around: Around) -> HandOver:
    """The text for whoever can mend it."""
    texts = around.texts
    subject = texts("verify.hand_over_subject", tenant=around.tenant)
    opening = texts("verify.hand_over_opening", tenant=around.tenant, who=who_can(remedy.who, around))
    closing = texts("verify.hand_over_closing", url=around.page_url)
    parts = [opening, problem, remedy.sentence, remedy.command.strip(), closing]
    text = "\n\n".join(part for part in parts if part)
    short = "\n\n".join(
        part for part in [opening, problem, remedy.sentence, texts("verify.paste_here"), closing] if part
    )
    body = text if len(text) <= LONGEST_MAIL else short
    return HandOver(text, f"mailto:?subject={quote(subject)}&body={quote(body)}")


def _names(findings: Sequence[Finding], texts: Texts) -> str:
    shown = ", ".join(one.subject for one in findings[:SHOWN_NAMES])
    rest = len(findings) - SHOWN_NAMES
    return texts("verify.and_more", names=shown, count=rest) if rest > 0 else shown


def _words(check: Check, texts: Texts) -> str:
    """What was found; what is under way, or waits for another check, is called by its name."""
    name = texts(f"check.{check.key}")
    if check.status is CheckStatus.RUNNING and check.sentence:
        return texts("verify.waits", check=name, sentence=check.sentence)
    return name if _held_back_by(check) else check.sentence or name


def _held_back_by(check: Check) -> CheckKey | None:
    """The check that this one needs, where it was not run for that."""
    if check.status is not CheckStatus.NOT_RUN:
        return None
    return next((key for key in CheckKey if key.value == check.cause), None)


def _number(check: Check, checks: Sequence[Check], texts: Texts) -> str:
    """What stands at the end of the line."""
    if check.status is CheckStatus.NOT_RUN:
        return _what_it_needs(check, checks, texts)
    if check.status is CheckStatus.RUNNING and check.total:
        return texts("verify.of", done=f"{check.done:,}", total=f"{check.total:,}")
    if check.status is CheckStatus.FAILED and check.total > 1:
        return texts("verify.of", done=f"{check.total - check.passed:,}", total=f"{check.total:,}")
    if check.status is CheckStatus.PASSED and check.started_at and check.finished_at:
        seconds = (check.finished_at - check.started_at).total_seconds()
        return f"{seconds:.1f} s" if seconds >= SHOWN_SECONDS else ""
    return ""


def _what_it_needs(check: Check, checks: Sequence[Check], texts: Texts) -> str:
    """What holds a check back: said by the run, or plain already while another one fails."""
    needs = _held_back_by(check)
    if needs is None and not check.sentence:
        failed = blocking(check, checks)
        has_ended = failed is not None and failed.status in {CheckStatus.FAILED, CheckStatus.PROPAGATING}
        needs = failed.key if failed is not None and has_ended else None
    return "" if needs is None else texts("verify.needs", check=texts(f"check.{needs}"))
