"""What a worker does beside its tasks. Celery imports this when it looks for tasks."""

from typing import Any

from celery import signals
from django.conf import settings

from . import heartbeat, logs, metrics, protection, shutdown


@signals.setup_logging.connect
def keep_logging(**_: Any) -> None:
    """Leave the logging as Django has set it up, and let each line name its task."""
    logs.name_tasks()


signals.task_received.connect(logs.receive)
signals.task_prerun.connect(logs.start)
signals.task_postrun.connect(logs.end)
signals.task_failure.connect(logs.fail)
signals.worker_shutting_down.connect(shutdown.bound)


@signals.worker_ready.connect
def start(sender: Any, **_: Any) -> None:
    """Begin when the worker takes tasks. `sender` is its consumer, whose timer turns with it.

    Two parts begin where a setting asks for them: ECS spares a task while it works
    (WORKER_PROTECTION_MINUTES), and the worker measures a queue that AWS does not measure
    (WORKER_METRICS_NAMESPACE, of a broker that speaks the Redis protocol).
    """
    every = sender.timer.call_repeatedly
    heartbeat.beat()
    every(settings.WORKER_HEARTBEAT_SECONDS, heartbeat.beat)
    minutes = getattr(settings, "WORKER_PROTECTION_MINUTES", None)
    if minutes:
        every(1, protection.Protector(minutes).look)
    namespace = getattr(settings, "WORKER_METRICS_NAMESPACE", None)
    if namespace:
        every(60, metrics.Queue(sender.app, namespace).measure)
