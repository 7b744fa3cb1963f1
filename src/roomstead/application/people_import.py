"""A list of people as a table: what its lines mean, and what is wrong with them, line by line."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from roomstead.application.person_rules import MOST_ADDRESSES, name_mistake, parsed_addresses
from roomstead.domain.errors import InvalidInput
from roomstead.domain.mailbox import Address
from roomstead.domain.people import Person, Role

MOST_LINES = 10_000

_NAMES = {
    "name": "name", "display name": "name", "displayname": "name", "full name": "name",
    "address": "addresses", "addresses": "addresses", "email": "addresses", "e-mail": "addresses", "mail": "addresses",
    "email address": "addresses", "e-mail address": "addresses", "userprincipalname": "addresses",
    "user principal name": "addresses",
    "role": "role",
}  # fmt: skip
_ROLES = {
    "": None, "member": Role.MEMBER, "global admin": Role.GLOBAL_ADMIN, "global_admin": Role.GLOBAL_ADMIN,
    "admin": Role.GLOBAL_ADMIN,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One person of the table. ``role`` None: not said."""

    number: int
    name: str
    addresses: tuple[Address, ...]
    role: Role | None


@dataclass(frozen=True, slots=True)
class LineMistake:
    """What is wrong with a line, which is left out for it."""

    number: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What taking the table in comes to."""

    added: tuple[Line, ...]
    changed: tuple[tuple[Person, Person], ...]
    """Before and after."""
    unchanged: int
    mistakes: tuple[LineMistake, ...]


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8 or UTF-16 as marked, else what office programs write in the West."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def read_table(text: str) -> tuple[list[Line], list[LineMistake]]:
    """The lines that make sense, and what is wrong with the others. Raises InvalidInput for what is no such table."""
    rows = _rows(text)
    columns = _columns(next(rows, (0, []))[1])
    lines: list[Line] = []
    mistakes: list[LineMistake] = []
    seen: dict[Address, int] = {}
    for number, row in rows:
        if len(lines) + len(mistakes) == MOST_LINES:
            raise InvalidInput({"table": f"Take in at most {MOST_LINES:,} people at a time."})
        line = _line(number, {name: row[at].strip() if at < len(row) else "" for name, at in columns.items()})
        if isinstance(line, Line):
            line = _alone(line, seen)
        if isinstance(line, Line):
            lines.append(line)
            seen.update(dict.fromkeys(line.addresses, number))
        else:
            mistakes.append(line)
    return lines, mistakes


def plan_of(lines: Sequence[Line], mistakes: Sequence[LineMistake], known: Mapping[Address, Person]) -> Plan:
    """What the lines come to beside the people who are here: names and roles follow, addresses are only added."""
    added: list[Line] = []
    changed: list[tuple[Person, Person]] = []
    wrong = list(mistakes)
    unchanged = 0
    for line in lines:
        persons = {known[address].id: known[address] for address in line.addresses if address in known}
        if not persons:
            added.append(line)
            continue
        present = next(iter(persons.values()))
        sentence = _clash(line, present, len(persons))
        if sentence:
            wrong.append(LineMistake(line.number, sentence))
            continue
        after = _after(line, present)
        if after == present:
            unchanged += 1
        else:
            changed.append((present, replace(after, version=present.version + 1)))
    return Plan(tuple(added), tuple(changed), unchanged, tuple(sorted(wrong, key=lambda each: each.number)))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    head = text.lstrip("\ufeff").lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield reader.line_num, row
    except csv.Error as error:
        raise InvalidInput({"table": f"Line {reader.line_num} cannot be read as CSV."}) from error


def _columns(head: Sequence[str]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for at, cell in enumerate(head):
        name = _NAMES.get(cell.strip().lower())
        if name is not None:
            found.setdefault(name, at)
    if not {"name", "addresses"} <= set(found):
        raise InvalidInput({"table": "Begin with a line that names the columns: name, address and, if you like, role."})
    return found


def _line(number: int, cells: Mapping[str, str]) -> Line | LineMistake:
    wrong_name = name_mistake(cells["name"])
    addresses, wrong_address = parsed_addresses(cells["addresses"].replace(";", " ").replace(",", " ").split())
    role = cells.get("role", "").lower()
    wrong_role = "" if role in _ROLES else "The role is member or global admin."
    sentence = " ".join(each for each in (wrong_name, wrong_address, wrong_role) if each)
    return LineMistake(number, sentence) if sentence else Line(number, cells["name"], addresses, _ROLES[role])


def _alone(line: Line, seen: Mapping[Address, int]) -> Line | LineMistake:
    twice = next((address for address in line.addresses if address in seen), None)
    if twice is None:
        return line
    return LineMistake(line.number, f"{twice} stands in line {seen[twice]} already.")


def _clash(line: Line, present: Person, persons: int) -> str:
    if persons > 1:
        return "These addresses belong to different people here."
    if present.role is Role.GLOBAL_ADMIN and line.role is Role.MEMBER:
        return f"{present.name} is a Global Admin. Take that role away on the person's own page."
    if len({*present.addresses, *line.addresses}) > MOST_ADDRESSES:
        return f"{present.name} would have more than {MOST_ADDRESSES} addresses."
    return ""


def _after(line: Line, present: Person) -> Person:
    addresses = tuple(dict.fromkeys((*present.addresses, *line.addresses)))
    return replace(present, name=line.name, addresses=addresses, role=line.role or present.role)
