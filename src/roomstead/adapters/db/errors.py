"""What the database's failures mean to the rest of the program."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from roomstead.domain.errors import RetryLater


class DatabaseUnavailable(RetryLater):
    """The database does not answer just now."""

    code = "database_unavailable"


def raise_for_retry(error: BaseException) -> None:
    """Raise DatabaseUnavailable for a lost server, an exhausted pool, a deadlock or a statement cut off for its length.

    All of these undo the transaction, so that it can be tried again. Other errors are left to the caller.
    """
    if isinstance(error, OperationalError | InterfaceError | PoolExhausted):
        raise DatabaseUnavailable from error
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        raise DatabaseUnavailable from error


@contextmanager
def unavailable_for_retry() -> Iterator[None]:
    """Turn failures of the block as :func:`raise_for_retry` does."""
    try:
        yield
    except OSError as error:
        raise DatabaseUnavailable from error
    except (DBAPIError, PoolExhausted) as error:
        raise_for_retry(error)
        raise
