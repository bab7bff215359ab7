"""Tasks. A task can run twice: its worker may be stopped after the work and before the message is
deleted. So write each one so that the second time does nothing.

Call one when the data that it needs is committed, or it may be faster than the commit:

    transaction.on_commit(lambda: add_up.delay("visits", 1))
"""

from datetime import timedelta

from celery import shared_task
from django.db import OperationalError
from django.db.models import F
from django.utils import timezone

from django_fargate.background.models import Done, Tally
from django_fargate.background.once import once

# Longer than a message waits: SQS keeps one for 14 days.
MARKS_KEPT = timedelta(days=30)


@shared_task(
    bind=True,
    # What goes away by itself: a failover of the database, a lock. Anything else is a fault.
    autoretry_for=(OperationalError, ConnectionError, TimeoutError),
    # After up to 1, 2, 4, 8 and 16 s, drawn at random, so that not all come back at once.
    max_retries=5,
    retry_backoff=True,
    retry_backoff_max=60,
    retry_jitter=True,
)
def add_up(self, name, amount):
    """Add to a tally. The example: the task's id is the same in every attempt, so it is the key."""
    with once(self.request.id) as first:
        if first:
            Tally.objects.get_or_create(name=name)
            Tally.objects.filter(name=name).update(total=F("total") + amount)


@shared_task
def forget_old_marks():
    """Delete the marks of what was done long ago. It does no harm twice, and needs no mark.

    Beat sends it every night. Without beat, send it from time to time: from a shell, for example.
    """
    Done.objects.filter(at__lt=timezone.now() - MARKS_KEPT).delete()
