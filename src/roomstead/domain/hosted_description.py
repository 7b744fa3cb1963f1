"""The lines that tell, in a hosted event's description, who really organises the meeting. Pure.

They are marked by a line that opens and one that closes them, written again with every description that is sent,
taken out of every description that is read, and never parsed: what they say is known here.
"""

import re

_OPEN = "———— Roomstead ————"
_CLOSE = "———————————————————"
_LONGEST = 4000
"""Characters between the two: without an end, a text full of openings would be searched through for each of them."""
_BLOCK = re.compile(
    rf"^[ \t]*{_OPEN}[ \t]*\n\s*Organised by .{{0,{_LONGEST}}}?^[ \t]*{_CLOSE}[ \t]*(?:\n|\Z)",
    re.MULTILINE | re.DOTALL,
)


def organizer_lines(name: str, address: str, change_url: str) -> str:
    """Who organises, how to reach them, and where to change or cancel."""
    return "\n".join(
        [_OPEN, f"Organised by {' '.join(name.split())}", address, f"Change or cancel: {change_url}", _CLOSE]
    )


def compose_description(text: str, organizer_name: str, organizer_address: str, change_url: str) -> str:
    """``text`` followed by the organiser's lines."""
    body = strip_organizer_lines(text)
    return "\n".join(([body, ""] if body else []) + [organizer_lines(organizer_name, organizer_address, change_url)])


def strip_organizer_lines(text: str) -> str:
    """The description without those lines, wherever in it they stand and however often."""
    rest = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    found = 1
    while found:
        rest, found = _BLOCK.subn("", rest)
    return rest.strip()
