"""Refuses to send a task that has to wait for longer than its message can.

A worker takes a message at once and holds it until its time has come. Meanwhile the broker hides it
from the other workers, but only for the visibility timeout. Then it hands the message to one of
them as well, and when the time has come each of them runs the task. So the wait and the run after
it must fit into that timeout, on SQS and on Redis alike.
"""

from datetime import datetime
from functools import wraps
from typing import Any

from celery import Celery
from celery.contrib.django.task import DjangoTask
from celery.utils.time import maybe_iso8601, maybe_make_aware
from django.conf import settings


class WaitsTooLong(ValueError):
    """A countdown or an eta that does not fit into the visibility timeout."""


class Task(DjangoTask):  # type: ignore[type-arg]
    """The class of every task, which looks before it sends."""

    @property
    def retry_backoff_max(self) -> int:
        """The longest pause of retry_backoff=True, for tasks that do not say it: Celery's or less.

        Celery reads it when the task is defined.
        """
        longest = longest_wait(self.app)
        return 600 if longest is None else max(1, min(600, longest))

    def apply_async(self, *args: Any, **options: Any) -> Any:
        refuse_long_wait(self.app, self.name, **options)
        return super().apply_async(*args, **options)

    def retry(self, *args: Any, **options: Any) -> Any:
        # Not later, when it is sent: there Celery makes a Reject of any error.
        refuse_long_wait(self.app, self.name, **options)
        return super().retry(*args, **options)


def guard(app: Celery) -> None:
    """Let the application refuse it however a task is sent."""
    app.task_cls = Task  # type: ignore[assignment]
    send_task = app.send_task

    @wraps(send_task)
    def guarded(name: str, *args: Any, **options: Any) -> Any:
        refuse_long_wait(app, name, **options)
        return send_task(name, *args, **options)

    # By its name, from beat, from a chain.
    app.send_task = guarded  # type: ignore[method-assign]


def longest_wait(app: Celery) -> int | None:
    """Return how many seconds a message may wait; None where the settings do not say."""
    timeout: int | None = getattr(settings, "VISIBILITY_TIMEOUT_SECONDS", None)
    return None if timeout is None else int(timeout - (app.conf.task_time_limit or 0))


def refuse_long_wait(
    app: Celery,
    name: str,
    countdown: float | None = None,
    eta: datetime | str | None = None,
    **_: Any,
) -> None:
    """Raise WaitsTooLong when the task would wait for longer than its message may."""
    longest = longest_wait(app)
    if eta:
        due = maybe_make_aware(maybe_iso8601(eta), app.timezone)  # type: ignore[arg-type]
        wait = (due - app.now()).total_seconds()
    else:
        wait = countdown or 0
    if longest is not None and wait > max(0, longest):
        raise WaitsTooLong(
            f"{name} would wait {wait:.0f} s in the queue, and {longest} s is the most: the"
            f" visibility timeout ({settings.VISIBILITY_TIMEOUT_SECONDS} s) less the longest task"
            f" ({app.conf.task_time_limit:.0f} s). After that the broker hands the message to"
            f" another worker, too, and the task runs several times. Retry within {longest} s"
            " (retry_backoff_max). For what is due later, keep a row with its time, and let a"
            " periodic task send what is due."
        )
