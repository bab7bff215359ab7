"""Puts the parts of this package into a project's Celery application."""

import time
from typing import Any

from celery import Celery
from celery.signals import before_task_publish

from .. import trace
from . import countdown


def set_up(app: Celery) -> None:
    """Let messages tell when and for whom they were sent, and workers do what is in signals.py."""
    before_task_publish.connect(note_time)
    before_task_publish.connect(note_trace)
    countdown.guard(app)
    # In a worker only, and before it reads the logging: signals.py has the rest.
    app.autodiscover_tasks(["django_fargate.celery"], related_name="signals")


def note_time(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """Note in the message when it was first sent: no broker tells how long a task has waited."""
    if headers is not None:
        headers.setdefault("sent_at", time.time())


def note_trace(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """Note in the message which request sent the task, or which task."""
    if headers is not None and trace.current.get() is not None:
        headers.setdefault("trace", trace.current.get())
