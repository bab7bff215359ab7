"""Puts the parts of this package into a project's Celery application."""

import time
from typing import Any

from celery import Celery
from celery.signals import before_task_publish


def set_up(app: Celery) -> None:
    """Let messages tell when they were sent, and the workers do what stands in signals.py."""
    before_task_publish.connect(note_time)
    # In a worker only, and before it reads the logging: signals.py has the rest.
    app.autodiscover_tasks(["django_fargate.celery"], related_name="signals")


def note_time(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """Note in the message when it was first sent: no broker tells how long a task has waited."""
    if headers is not None:
        headers.setdefault("sent_at", time.time())
