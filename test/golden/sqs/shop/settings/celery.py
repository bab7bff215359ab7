"""Celery's settings: its own names in capitals, with CELERY_ before them.

Without a broker of its own (production.py names one) it keeps messages in the folder .celery, so
that `make dev` and `make worker` need no service.
"""

from pathlib import Path

QUEUE_FOLDER = Path(__file__).resolve().parent.parent.parent / ".celery"

CELERY_BROKER_URL = "filesystem://"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "data_folder_in": str(QUEUE_FOLDER),
    "data_folder_out": str(QUEUE_FOLDER),
    "control_folder": str(QUEUE_FOLDER / "control"),
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "celery"

# No results: nobody reads them, and each would be a write. A task that must tell keeps it in the
# database.
CELERY_TASK_IGNORE_RESULT = True

# A message is deleted when its task is done, not when it starts. So a worker may die at any moment
# and nothing is lost, but a task can run twice: see django_fargate/background/once.py.
CELERY_TASK_ACKS_LATE = True
# The same when only the child that runs the task dies, of memory for instance.
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# No message waits in a worker while another worker is idle.
CELERY_WORKER_PREFETCH_MULTIPLIER = 1

# the longest task, 300 s: longer tasks are ended; otherwise they would be taken a second
# time
CELERY_TASK_TIME_LIMIT = 300
# 300 s longest task + 180: a message comes back only when its task cannot run any more
# A countdown or an eta and the run after it must fit into it, too: the message waits in a worker,
# hidden. A task that would wait for more than 180 s is refused when it is sent.
VISIBILITY_TIMEOUT_SECONDS = 480

# max(100, 1800 s / 1000 ms): a process is replaced about every half hour, which limits
# memory growth
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1800

# stopTimeout 120 s - 15: how long running tasks may take to finish before they return to
# the queue
WORKER_SHUTDOWN_SECONDS = 105
# the main process records that it is alive
WORKER_HEARTBEAT_SECONDS = 15
# min(2880, ceil(300 s / 60) + 5): the longest task exceeds 100 s, so ECS does not stop a
# busy worker
WORKER_PROTECTION_MINUTES = 10

# Django's LOGGING stands; Celery would replace it.
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
# Nobody asks a worker over the broker or listens to its events, and SQS has no way to.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False

CELERY_TIMEZONE = "UTC"
