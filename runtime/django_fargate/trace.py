"""Which request, or which task, a line of the log belongs to.

gunicorn.conf.py imports the logging before Django is set up, so nothing here may import Django.
"""

from contextvars import ContextVar

# A client can add fields of its own to the header; the load balancer's stand first.
LONGEST = 200

# Of what this thread does at the moment.
current: ContextVar[str | None] = ContextVar("trace", default=None)


def shorten(header: str | None) -> str | None:
    """Return the load balancer's X-Amzn-Trace-Id as the logs have it; None where there is none."""
    return header[:LONGEST] if header else None
