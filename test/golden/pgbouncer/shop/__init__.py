"""The project's package. Its Celery application is the one that @shared_task means."""

from .celery import app as celery_app

__all__ = ("celery_app",)
