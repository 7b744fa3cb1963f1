"""Letters to people in the words of the catalogue: plain text, and the same as simple HTML."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from roomstead.application.ports.mail import Letter, Mail
from roomstead.domain.notice import NoticeKind
from roomstead.domain.zones import is_zone
from roomstead.entrypoints.web.pages.moments import Moments
from roomstead.entrypoints.web.pages.texts import DEFAULT_LANGUAGE, Texts, texts_in


@dataclass(frozen=True, slots=True)
class Body:
    """What stands in a mail, from top to bottom; what is empty is left out."""

    greeting: str
    lead: str
    facts: tuple[tuple[str, str], ...]
    list_title: str
    items: tuple[str, ...]
    advice: str
    link_words: str
    link: str
    reason: str
    preferences_words: str
    preferences_link: str


class CatalogueLetters:
    """Implements ``Letters``."""

    def __init__(self, language: str = DEFAULT_LANGUAGE) -> None:
        """``language``: of the catalogue."""
        self._language = language

    def write(self, letter: Letter, *, mail_id: str, at: datetime) -> Mail:
        """The mail, its times on the reader's clock."""
        texts = texts_in(self._language)
        zone = letter.zone if is_zone(letter.zone) else "UTC"
        name = _name(letter, at)
        body = _body(name, letter, texts, Moments(ZoneInfo(zone), self._language, letter.hours))
        return Mail(
            id=mail_id,
            to=letter.to,
            name=letter.name,
            subject=texts(f"mail.{name}_subject", **_names(letter, texts)),
            text=_as_text(body),
            html=_environment().get_template("mail.html").render(body=body, language=self._language),
            written_at=at,
            preferences_link=letter.preferences_link,
        )


def _name(letter: Letter, at: datetime) -> str:
    """Under what the catalogue has its words."""
    has_ended = letter.ends_at is not None and letter.ends_at <= at
    return "credential_ended" if has_ended else letter.kind.value


def _names(letter: Letter, texts: Texts) -> dict[str, str]:
    """What sentences may name. A meeting or room without a name is called so."""
    return {
        "title": letter.title or texts("mail.no_title"),
        "room": letter.room or texts("mail.no_room"),
        "by": letter.by or texts("mail.somebody"),
        "integration": letter.integration,
        "what": ", ".join(texts(f"mail.field_{each.value}") for each in letter.changed) or texts("mail.field_any"),
    }


def _body(name: str, letter: Letter, texts: Texts, moments: Moments) -> Body:
    names = _names(letter, texts)
    ends = {"day": moments.long_day(letter.ends_at)} if letter.ends_at is not None else {}
    return Body(
        greeting=texts("mail.greeting", name=letter.name),
        lead=letter.sentence or texts(f"mail.{name}_lead", **names, **ends),
        facts=_facts(letter, texts, moments),
        list_title=texts(f"mail.{name}_list") if letter.alternatives or letter.answers else "",
        items=letter.alternatives or _answers(letter, texts, moments),
        advice=letter.remedy or _advice(name, letter, texts),
        link_words=texts(f"mail.{name}_link") if letter.link else "",
        link=letter.link,
        reason=texts(f"mail.{name}_reason"),
        preferences_words=texts("mail.preferences") if letter.preferences_link else "",
        preferences_link=letter.preferences_link,
    )


def _advice(name: str, letter: Letter, texts: Texts) -> str:
    if letter.kind is NoticeKind.DECLINED and not letter.alternatives:
        return texts("mail.declined_none_free")
    found = f"mail.{name}_advice"
    return texts(found) if texts.has(found) else ""


def _facts(letter: Letter, texts: Texts, moments: Moments) -> tuple[tuple[str, str], ...]:
    """The meeting, its room and time; a digest names each meeting with its answers instead."""
    if letter.span is None or letter.answers:
        return ()
    zone = moments.zone_name(letter.span.start)
    facts = [(texts("mail.meeting"), letter.title or texts("mail.no_title")), (texts("mail.room"), letter.room)]
    if letter.was is not None:
        facts.append((texts("mail.was"), moments.when(letter.was)))
    facts.append(
        (texts("mail.now" if letter.was is not None else "mail.when"), f"{moments.when(letter.span)} ({zone})")
    )
    return tuple((label, value) for label, value in facts if value)


def _answers(letter: Letter, texts: Texts, moments: Moments) -> tuple[str, ...]:
    return tuple(
        texts(
            "mail.answer",
            name=each.name,
            response=texts(f"mail.response_{each.response.value}"),
            title=each.title or texts("mail.no_title"),
            when=moments.when(each.span),
        )
        for each in letter.answers
    )


def _as_text(body: Body) -> str:
    facts = "\n".join(f"{label}: {value}" for label, value in body.facts)
    items = "\n".join(f"- {item}" for item in body.items)
    listed = f"{body.list_title}\n{items}" if items else ""
    link = f"{body.link_words}:\n{body.link}" if body.link else ""
    foot = f"{body.preferences_words}: {body.preferences_link}" if body.preferences_link else ""
    parts = (
        body.greeting,
        body.lead,
        facts,
        listed,
        body.advice,
        link,
        "\n".join(filter(None, ("-- ", body.reason, foot))),
    )
    return "\n\n".join(part for part in parts if part) + "\n"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("roomstead.entrypoints.mail", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
