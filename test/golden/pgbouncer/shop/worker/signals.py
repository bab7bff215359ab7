"""What a worker does beside its tasks. Celery imports this when it looks for tasks."""

from celery import signals
from django.conf import settings

from . import heartbeat, logs, shutdown


@signals.setup_logging.connect
def keep_logging(**_):
    """Leave the logging as Django has set it up, and let each line name its task."""
    logs.name_tasks()


signals.task_prerun.connect(logs.start)
signals.task_postrun.connect(logs.end)
signals.task_failure.connect(logs.fail)
signals.worker_shutting_down.connect(shutdown.bound)


@signals.worker_ready.connect
def start(sender, **_):
    """Begin when the worker takes tasks. `sender` is its consumer, whose timer turns with it."""
    every = sender.timer.call_repeatedly
    heartbeat.beat()
    every(settings.WORKER_HEARTBEAT_SECONDS, heartbeat.beat)
