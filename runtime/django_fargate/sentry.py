"""Sends errors to Sentry, and as little else as possible: neither traces nor personal data.

sentry_sdk sends from a thread of its own, which each process starts with its first event, so also
a worker that was forked. Its queue is bounded. A Sentry that does not answer costs events, never a
request; at the end of a process it costs SENTRY_FLUSH_SECONDS.
"""

from typing import Any

import sentry_sdk
from django.conf import settings
from sentry_sdk.integrations.atexit import AtexitIntegration

from . import trace
from .postgresql.errors import is_unavailable

# What an event says of a request. Queries, bodies, cookies and addresses belong to people.
REQUEST_FIELDS = {"method", "url"}
REQUEST_HEADERS = {"Content-Type", "Host", "User-Agent"}

# Logs how a task ended.
TASK_LOGGER = "django_fargate.celery.logs"


def start() -> None:
    """Start Sentry's SDK with the settings SENTRY_...; SENTRY_OPTIONS, a dict, may change any."""
    options = {
        "dsn": settings.SENTRY_DSN,
        "environment": settings.SENTRY_ENVIRONMENT,
        "release": settings.GIT_SHA,
        "shutdown_timeout": settings.SENTRY_FLUSH_SECONDS,
        # Errors only. Outgoing requests get no header of Sentry's either.
        "traces_sample_rate": None,
        "trace_propagation_targets": [],
        "auto_session_tracking": False,
        # What a person typed is in the variables of a frame and in the lines that were logged
        # before. The log has those lines: the tag `trace` says which they are.
        "include_local_variables": False,
        "max_request_body_size": "never",
        "max_breadcrumbs": 0,
        "before_send": before_send,
        # At the end of a process it would print to the log, which is JSON.
        "integrations": [AtexitIntegration(callback=lambda pending, timeout: None)],
    }
    sentry_sdk.init(**{**options, **getattr(settings, "SENTRY_OPTIONS", {})})


def before_send(event: Any, hint: dict[str, Any]) -> Any:
    """Return what is sent of an event; None leaves it out."""
    if is_left_out(event, hint):
        return None
    if trace.current.get() is not None:
        event.setdefault("tags", {})["trace"] = trace.current.get()
    for name in ("request", "sys.argv"):
        event.get("extra", {}).pop(name, None)
    if "request" in event:
        event["request"] = trim_request(event["request"])
    for exception in event.get("exception", {}).get("values", []):
        # PostgreSQL names there the row that breaks a rule.
        exception["value"] = (exception.get("value") or "").partition("\nDETAIL:")[0]
    return event


def is_left_out(event: Any, hint: dict[str, Any]) -> bool:
    """Return whether it is no error of its own.

    That the database is away, alarms tell; in a failover each request that gets a 503 would be an
    event. A task that fails for good is one whatever the reason, but only once: of one that failed
    in its process the SDK knows by itself, and logs.py tells of it as of one that was ended.
    """
    record = hint.get("log_record")
    if getattr(record, "status_code", None) == 503:
        return True
    ran_seconds = getattr(record, "ran_seconds", None)
    if getattr(record, "name", "") == TASK_LOGGER and ran_seconds is not None:
        return True
    return "request" in event and is_unavailable((hint.get("exc_info") or (None, None))[1])


def trim_request(request: dict[str, Any]) -> dict[str, Any]:
    headers = {
        name: value for name, value in request.get("headers", {}).items() if name in REQUEST_HEADERS
    }
    return {**{name: request[name] for name in REQUEST_FIELDS & request.keys()}, "headers": headers}
