"""What can go wrong with the database that Roomstead runs itself: each with the way out."""


class EmbeddedError(Exception):
    """The embedded database cannot do what was asked; `remedy` says who can do what about it.

    `code` is stable and documented; `message` and `remedy` are sentences for an operator and hold no secrets.
    """

    def __init__(self, message: str, *, code: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.remedy = remedy
