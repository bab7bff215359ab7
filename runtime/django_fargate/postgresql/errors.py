"""What a database error means, told by PostgreSQL's SQLSTATE."""

from django.db import OperationalError

LOCK_NOT_AVAILABLE = "55P03"

# No SQLSTATE: no answer came, or no connection. 08: connection exceptions. The others are
# admin_shutdown, crash_shutdown, cannot_connect_now and too_many_connections. A statement or lock
# timeout (57014, 55P03) is not one of these: the database is fine, the query is not.
UNAVAILABLE = {"57P01", "57P02", "57P03", "53300"}


def sqlstate(error: BaseException) -> str | None:
    """Return the SQLSTATE of a Django database error; None when the server sent none."""
    state: str | None = getattr(error.__cause__, "sqlstate", None)
    return state


def is_unavailable(error: BaseException | None) -> bool:
    """Return whether `error` says that PostgreSQL cannot be reached."""
    if not isinstance(error, OperationalError) or not hasattr(error.__cause__, "sqlstate"):
        return False
    state = sqlstate(error)
    return state is None or state in UNAVAILABLE or state.startswith("08")
