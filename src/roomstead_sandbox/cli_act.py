"""The commands `roomstead-sandbox act …`: what people do in their own calendar program."""

from typing import Annotated

import typer

from roomstead_sandbox.console import pairs, post, show

act = typer.Typer(help="Act as somebody in their own calendar program.", no_args_is_help=True)

Who = Annotated[str, typer.Argument(help="Address of the person or room who acts.")]
Meeting = Annotated[str, typer.Argument(help="The meeting's UID or exact title.")]
Occurrence = Annotated[str | None, typer.Option(help="One occurrence of a series, by its start.")]
Comment = Annotated[str, typer.Option(help="Words that go with it.")]


@act.command()
def create(
    who: Who,
    subject: str,
    *,
    start: Annotated[str, typer.Option(help="2026-12-01T09:00:00Z")],
    end: Annotated[str, typer.Option(help="2026-12-01T10:00:00Z")],
    room: Annotated[list[str] | None, typer.Option(help="A room to book; may be repeated.")] = None,
    invite: Annotated[list[str] | None, typer.Option(help="A person to invite; may be repeated.")] = None,
) -> None:
    """Put an item into one's calendar and invite."""
    given = {"people": invite or [], "rooms": room or []}
    show(post("act/create", who=who, subject=subject, start=start, end=end, **given))


@act.command()
def move(who: Who, meeting: Meeting, start: str, end: str | None = None, occurrence: Occurrence = None) -> None:
    """Move an item; without an end the length stays."""
    show(post("act/move", who=who, meeting=meeting, start=start, end=end, occurrence=occurrence))


@act.command()
def edit(
    who: Who,
    meeting: Meeting,
    values: Annotated[list[str], typer.Argument(help="subject=…, body=…, location=…, add=[…], remove=[…]")],
    occurrence: Occurrence = None,
) -> None:
    """Change an item's words or people."""
    show(post("act/edit", who=who, meeting=meeting, occurrence=occurrence, **pairs(values)))


@act.command("swap-room")
def swap_room(who: Who, meeting: Meeting, new: str, old: str | None = None) -> None:
    """Take another room for the same meeting."""
    show(post("act/swap-room", who=who, meeting=meeting, new=new, old=old))


def _respond(who: str, meeting: str, answer: str, comment: str, occurrence: str | None) -> None:
    given = {"who": who, "meeting": meeting, "occurrence": occurrence}
    show(post("act/respond", answer=answer, comment=comment, **given))


@act.command()
def accept(who: Who, meeting: Meeting, comment: Comment = "", occurrence: Occurrence = None) -> None:
    """Accept an invitation."""
    _respond(who, meeting, "accepted", comment, occurrence)


@act.command()
def tentative(who: Who, meeting: Meeting, comment: Comment = "", occurrence: Occurrence = None) -> None:
    """Accept an invitation tentatively."""
    _respond(who, meeting, "tentative", comment, occurrence)


@act.command()
def decline(who: Who, meeting: Meeting, comment: Comment = "", occurrence: Occurrence = None) -> None:
    """Decline an invitation."""
    _respond(who, meeting, "declined", comment, occurrence)


@act.command()
def cancel(who: Who, meeting: Meeting, comment: Comment = "", occurrence: Occurrence = None) -> None:
    """Cancel a meeting for everybody."""
    show(post("act/cancel", who=who, meeting=meeting, comment=comment, occurrence=occurrence))


@act.command("delete")
def delete_item(who: Who, meeting: Meeting, occurrence: Occurrence = None) -> None:
    """Delete an item from one's calendar."""
    show(post("act/delete", who=who, meeting=meeting, occurrence=occurrence))


@act.command()
def forward(who: Who, meeting: Meeting, to: list[str], comment: Comment = "") -> None:
    """Pass an invitation on."""
    show(post("act/forward", who=who, meeting=meeting, to=to, comment=comment))
