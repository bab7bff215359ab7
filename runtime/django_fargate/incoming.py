"""Who asked, and which request it is, as the load balancer tells: settled before anything else.

This is no middleware, but stands at both ends of a request: Django logs a response after all
middleware, gunicorn after Django, and a streamed body comes last. All of them see the same.
"""

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.signals import request_finished, request_started

from . import trace

FORWARDED_FOR = "HTTP_X_FORWARDED_FOR"


def watch() -> None:
    """Do this for every request of the process."""
    request_started.connect(begin, dispatch_uid="django_fargate.begin")
    request_finished.connect(end, dispatch_uid="django_fargate.end")


def begin(environ: dict[str, Any] | None = None, **_: Any) -> None:
    """Settle it in the request's environment, of which Django makes request.META afterwards."""
    # Without one it is ASGI, which production does not use.
    if environ is not None:
        trace.current.set(trace.shorten(environ.get("HTTP_X_AMZN_TRACE_ID")))
        settle_client(environ, getattr(settings, "TRUSTED_PROXIES", 0))


def end(**_: Any) -> None:
    """Forget the request: its thread waits for another one."""
    trace.current.set(None)


def settle_client(environ: dict[str, Any], proxies: int) -> None:
    """Let REMOTE_ADDR be the client's address, and X-Forwarded-For say nothing else.

    Django REST framework and others read the header by rules of their own. When it holds the one
    trusted address, they all come to the same.
    """
    forwarded_for = environ.pop(FORWARDED_FOR, None) if proxies else None
    client = client_of(forwarded_for or "", proxies)
    if client is not None:
        environ["REMOTE_ADDR"] = environ[FORWARDED_FOR] = client


def client_of(forwarded_for: str, proxies: int) -> str | None:
    """Return the address that the outermost of `proxies` trusted proxies saw.

    Each proxy appends the address that it was asked from. So the last `proxies` entries are
    theirs, and what stands before them is hearsay of the client.
    """
    entries = forwarded_for.split(",")[-proxies:] if proxies else []
    return next(addresses(entries), None)


def addresses(entries: list[str]) -> Iterator[str]:
    """Yield the entries that are addresses, in one form and without a port."""
    for entry in entries:
        text = entry.strip()
        if text.startswith("["):
            text = text[1:].partition("]")[0]
        elif text.count(":") == 1:
            text = text.partition(":")[0]
        try:
            yield str(ip_address(text))
        except ValueError:
            continue
