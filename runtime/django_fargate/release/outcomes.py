"""How a command ends, and what it says on the way."""

from __future__ import annotations

from datetime import UTC, datetime

from botocore.exceptions import ClientError


class Refused(Exception):
    """Nothing that runs was changed. Exit code 2."""


class Failed(Exception):
    """Something was begun and did not succeed. Exit code 1."""


def say(text: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", flush=True)


def show(text: str) -> None:
    print(text, flush=True)


def reason_of(error: ClientError) -> str:
    """Return an error of AWS in one line."""
    details = error.response.get("Error", {})
    message = " ".join(str(details.get("Message", "")).split())
    return f"{details.get('Code', 'error')} on {error.operation_name}: {message}"
