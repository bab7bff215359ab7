from django.apps import AppConfig


class DjangoFargateConfig(AppConfig):
    """Has no models: it is installed for its commands, and for what a process does from its start.

    gunicorn loads Django once, before it forks, and so does a Celery worker.
    """

    name = "django_fargate"

    def ready(self) -> None:
        # `checks` registers itself.
        from . import checks, incoming  # noqa: F401
        from .postgresql import only  # noqa: F401

        incoming.watch()
