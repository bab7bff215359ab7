"""One line of JSON for each task that ended, and the task's id in every line that it logs.

The metrics of the tasks are made from these lines: `event` and `waited_seconds`, see the filters of
the log group in deploy/cloudformation/platform.yaml.
"""

import logging
import time
from collections import deque
from typing import Any
from weakref import WeakValueDictionary

from celery import current_task, states

from .. import trace

logger = logging.getLogger(__name__)

# The last tasks that failed.
failed: deque[str] = deque(maxlen=100)
# What the main process has of the messages that it took.
received: WeakValueDictionary[str, Any] = WeakValueDictionary()


class TaskFilter(logging.Filter):
    """Adds task and task_id to what is logged while a task runs. It never drops a record."""

    def filter(self, record: logging.LogRecord) -> bool:
        task = current_task
        if task and task.request.id:
            record.task_name, record.task_id = task.name, task.request.id
        return True


def name_tasks() -> None:
    """Let every line name its task, and Celery not tell the same with its arguments in it."""
    logging.getLogger("celery.worker.strategy").setLevel(logging.WARNING)
    logging.getLogger("celery.app.trace").setLevel(logging.CRITICAL)
    # In development nothing is set up, and a worker would say nothing of its tasks.
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    for handler in logging.getLogger().handlers:
        handler.addFilter(TaskFilter())


def receive(request: Any, **_: Any) -> None:
    received[request.id] = request


def start(task: Any, **_: Any) -> None:
    task.request.began = time.monotonic()
    # From setup.py, where it was sent.
    headers = task.request.headers or {}
    # A task that no request sent, as those of beat, begins a trace: its root's id is its own.
    task.request.outer_trace = trace.current.get()
    trace.current.set(headers.get("trace") or trace.current.get() or task.request.root_id)
    sent_at = headers.get("sent_at")
    # One with a countdown or an eta waits because it was told to.
    if sent_at is None or task.request.eta:
        task.request.waited = None
    else:
        task.request.waited = round(max(0.0, time.time() - sent_at), 3)


def end(task: Any, task_id: str, state: str, **_: Any) -> None:
    """Log how an attempt ended. A failure is final, and logged by `fail` with its exception."""
    events = {states.SUCCESS: "task-succeeded", states.RETRY: "task-retried"}
    if state in events:
        event = events[state]
        logger.info("%s %s", task.name, event, extra=fields(task, task_id, event))
    # None in a worker; where a request runs its task itself, the request's.
    trace.current.set(task.request.get("outer_trace"))


def fail(
    sender: Any, task_id: str, exception: Exception | None = None, einfo: Any = None, **_: Any
) -> None:
    """Log a task that failed for good. One that was ended is told by the main process."""
    # Of a task that is ended at its time limit Celery tells twice.
    if task_id in failed:
        return
    failed.append(task_id)
    extra = fields(sender, task_id, "task-failed")
    if trace.current.get() is None and task_id in received:
        extra["trace"] = received[task_id].request_dict.get("trace") or task_id
    exc_info = getattr(einfo, "exc_info", None) or exception
    logger.error(
        "%s task-failed: %r",
        sender.name,
        exception,
        extra=extra,
        exc_info=exc_info if isinstance(exc_info, BaseException | tuple) else None,
    )


def fields(task: Any, task_id: str, event: str) -> dict[str, Any]:
    began = task.request.get("began")
    return {
        "event": event,
        "task_name": task.name,
        "task_id": task_id,
        "attempt": (task.request.retries or 0) + 1,
        "waited_seconds": task.request.get("waited"),
        "ran_seconds": None if began is None else round(time.monotonic() - began, 3),
    }
