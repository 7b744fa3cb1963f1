"""Access roles of a calendar, from nothing to everything (Google's page "Calendar sharing")."""

from enum import IntEnum


class Role(IntEnum):
    """What somebody may do with a calendar; a greater role includes the lesser ones."""

    NONE = 0
    FREE_BUSY_READER = 1
    READER = 2
    WRITER_WITHOUT_PRIVATE_ACCESS = 3
    WRITER = 4
    OWNER = 5

    @property
    def word(self) -> str:
        """The role as the API spells it."""
        return _WORDS[self]

    @classmethod
    def of(cls, word: str) -> "Role | None":
        """The role that a word of the API means."""
        return next((role for role, known in _WORDS.items() if known == word), None)


_WORDS = {
    Role.NONE: "none",
    Role.FREE_BUSY_READER: "freeBusyReader",
    Role.READER: "reader",
    Role.WRITER_WITHOUT_PRIVATE_ACCESS: "writerWithoutPrivateAccess",
    Role.WRITER: "writer",
    Role.OWNER: "owner",
}
