"""What the world refuses, by cause. Faces and the control API turn these into their own answers."""


class WorldError(Exception):
    """The world cannot do what was asked; the message is a sentence for people."""


class NotFound(WorldError):
    """No such tenant, user, group, calendar or item."""


class Invalid(WorldError):
    """The request contradicts itself or breaks a rule of calendars (an end before its start, say)."""


class Taken(WorldError):
    """An address or an id is already used by something else."""


class NotOrganizer(WorldError):
    """Only the copy in the organiser's mailbox can do this (cancel, invite)."""


class IsOrganizer(WorldError):
    """The organiser cannot answer their own invitation."""


class CursorTooOld(WorldError):
    """The change log no longer reaches back to this version: start again from a snapshot."""


class CrossesNeighbour(Invalid):
    """A moved occurrence would cross or overlap the one before or after it in its series."""
