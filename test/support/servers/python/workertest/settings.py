"""The emitted production settings, with tasks and a table for the tests; some limits shortened by the environment."""

import os

from shop.settings.production import *
from shop.settings import production

INSTALLED_APPS = [*production.INSTALLED_APPS, "workertest"]

WORKER_HEARTBEAT_SECONDS = float(os.environ.get("TEST_HEARTBEAT", production.WORKER_HEARTBEAT_SECONDS))
WORKER_SHUTDOWN_SECONDS = float(os.environ.get("TEST_SHUTDOWN", production.WORKER_SHUTDOWN_SECONDS))
CELERY_TASK_TIME_LIMIT = float(os.environ.get("TEST_TIME_LIMIT", production.CELERY_TASK_TIME_LIMIT))
# On SQS it is the queue's.
if "TEST_VISIBILITY" in os.environ and "REDIS_HOST" in os.environ:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        **production.CELERY_BROKER_TRANSPORT_OPTIONS,
        "visibility_timeout": int(os.environ["TEST_VISIBILITY"]),
    }
# moto goes on polling for a worker that is gone, and hands it the message.
if "REDIS_HOST" not in os.environ:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        **production.CELERY_BROKER_TRANSPORT_OPTIONS,
        "wait_time_seconds": 1,
    }
# What Celery does by itself.
if os.environ.get("TEST_CELERY_DEFAULTS") == "1":
    CELERY_TASK_ACKS_LATE = False
    CELERY_TASK_REJECT_ON_WORKER_LOST = False
    CELERY_WORKER_PREFETCH_MULTIPLIER = 4
