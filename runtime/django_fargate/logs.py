"""JSON logs on standard output, one line per record, the same for Django and gunicorn.

gunicorn.conf.py imports this before Django is set up, so nothing here may import Django.
"""

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from . import trace

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

# What every record has, and two that Django adds and JSON has no use for.
USUAL = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}
USUAL |= {"request", "server_time"}


def entry_of(record: logging.LogRecord) -> dict[str, Any]:
    """Return the fields that every line begins with."""
    return {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
    }


class JsonFormatter(logging.Formatter):
    """One record as one line of JSON; values given as `extra` become fields of their own.

    `trace` is the same in every line of a request, and of the tasks that it sent.
    """

    def format(self, record: logging.LogRecord) -> str:
        entry = {**entry_of(record), "message": record.getMessage()}
        for key, value in vars(record).items():
            if key not in USUAL:
                entry.setdefault(key, value)
        if trace.current.get() is not None:
            entry.setdefault("trace", trace.current.get())
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            entry["stack"] = record.stack_info
        return json.dumps(entry, default=str)


def atoms_of(record: logging.LogRecord) -> Mapping[str, Any]:
    """Return what gunicorn tells of a request: the record's arguments, by one-letter keys."""
    return record.args if isinstance(record.args, Mapping) else {}


class AccessFormatter(logging.Formatter):
    """A request as gunicorn logs it: its record's arguments are a dict of one-letter keys.

    The query is left out, because secrets travel in queries.
    """

    def format(self, record: logging.LogRecord) -> str:
        atoms = atoms_of(record)
        entry = {
            **entry_of(record),
            "method": atoms.get("m"),
            "path": atoms.get("U"),
            "status": int(atoms.get("s") or 0),
            "milliseconds": atoms.get("M"),
            # REMOTE_ADDR, which incoming.py has settled.
            "client": atoms.get("h"),
            "host": atoms.get("{host}i"),
            "user_agent": atoms.get("a"),
            "trace": trace.shorten(atoms.get("{x-amzn-trace-id}i")),
        }
        return json.dumps(entry, default=str)


class HealthCheckFilter(logging.Filter):
    """Drops the load balancer's probes that went well: each task gets several a minute."""

    def filter(self, record: logging.LogRecord) -> bool:
        atoms = atoms_of(record)
        return not (atoms.get("U") == "/healthz" and str(atoms.get("s")) == "200")


def logging_config(level: str) -> dict[str, Any]:
    """Return the dict for logging.config.dictConfig, with `level` (one of LEVELS) for all."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": JsonFormatter},
            "access": {"()": AccessFormatter},
        },
        "filters": {"health_checks": {"()": HealthCheckFilter}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stdout",
                "formatter": "json",
            },
            "access": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stdout",
                "formatter": "access",
                "filters": ["health_checks"],
            },
        },
        "root": {"level": level, "handlers": ["console"]},
        "loggers": {
            # Without Django's own handlers, which mail to ADMINS and write plain text.
            "django": {"level": level, "handlers": []},
            # Scanners cause one after the other; the access log has their 400.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "gunicorn.error": {"level": level, "handlers": ["console"], "propagate": False},
            "gunicorn.access": {"level": "INFO", "handlers": ["access"], "propagate": False},
        },
    }
