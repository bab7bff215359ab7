import time

from celery import shared_task
from django.db import connection

from django_fargate.background.once import once

from .models import Effect


@shared_task(bind=True)
def work(self, key, seconds):
    """Work as the example does it: effect and mark in one transaction."""
    with once(self.request.id) as first:
        if first:
            time.sleep(seconds)
            Effect.objects.create(key=key)


@shared_task
def careless(key, seconds):
    """The effect at once, then more to do, and no mark."""
    Effect.objects.create(key=key)
    time.sleep(seconds)


@shared_task
def query(seconds):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])


@shared_task
def fail(text):
    raise ValueError(text)


@shared_task
def hang():
    time.sleep(600)
