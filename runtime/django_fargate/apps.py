from django.apps import AppConfig
from django.conf import settings


class DjangoFargateConfig(AppConfig):
    """Has no models: it is installed for its commands, and for what a process does from its start.

    gunicorn loads Django once, before it forks, and so does a Celery worker.
    """

    name = "django_fargate"

    def ready(self) -> None:
        # `checks` and `uploads` register what they check.
        from . import checks, incoming, uploads  # noqa: F401
        from .postgresql import only  # noqa: F401

        incoming.watch()
        if getattr(settings, "SENTRY_DSN", ""):
            from . import sentry

            sentry.start()
