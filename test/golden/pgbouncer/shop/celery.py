"""The Celery application: `celery -A shop worker`."""

import os
import time

from celery import Celery
from celery.signals import before_task_publish

# As in wsgi.py, which imports this package first. `make worker` and manage.py say local.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.production")

app = Celery("shop")
# The settings whose names begin with CELERY_: settings/celery.py, and the broker in production.py.
app.config_from_object("django.conf:settings", namespace="CELERY")
# tasks.py of every installed app.
app.autodiscover_tasks()
# What a worker does beside its tasks: logs, heartbeat, a bounded end.
app.autodiscover_tasks(["shop.worker"], related_name="signals")


@before_task_publish.connect
def note_time(headers=None, **_):
    """Note in the message when it was first sent: no broker tells how long a task has waited."""
    if headers is not None:
        headers.setdefault("sent_at", time.time())
