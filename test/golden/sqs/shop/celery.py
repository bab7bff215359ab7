"""The Celery application: `celery -A shop worker`."""

import os

from celery import Celery

from django_fargate.celery.setup import set_up

# As in wsgi.py, which imports this package first. `make worker` and manage.py say local.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.production")

app = Celery("shop")
# The settings whose names begin with CELERY_: settings/celery.py, and the broker in production.py.
app.config_from_object("django.conf:settings", namespace="CELERY")
# tasks.py of every installed app, and of background/.
app.autodiscover_tasks()
app.autodiscover_tasks(["shop.background"])
# What a worker does beside its tasks: logs, heartbeat, a bounded end.
set_up(app)
