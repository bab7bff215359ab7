from django.apps import AppConfig


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
