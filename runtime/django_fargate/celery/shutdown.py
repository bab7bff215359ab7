"""Ends a worker in time: after SIGTERM its tasks may finish, then they go back to the queue.

Celery's own end on SIGTERM waits for running tasks without a limit, until ECS kills the worker. Its
soft shutdown has a limit, but sleeps it out when all tasks are done. So this lets the first begin,
and has the limit end it: on SIGQUIT the worker stops its tasks and hands their messages back.
"""

import logging
import os
import signal
import threading
from typing import Any

from django.conf import settings

logger = logging.getLogger(__name__)


def bound(how: str, **_: Any) -> None:
    """Start the clock when the worker stops taking tasks (Celery's "Warm" shutdown)."""
    if how == "Warm":
        timer = threading.Timer(settings.WORKER_SHUTDOWN_SECONDS, hand_back)
        # Finished tasks end the worker at once; the timer must not hold it.
        timer.daemon = True
        timer.start()


def hand_back() -> None:
    logger.warning("tasks still run: they are stopped and go back to the queue")
    os.kill(os.getpid(), signal.SIGQUIT)
