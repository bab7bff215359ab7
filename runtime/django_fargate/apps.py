from django.apps import AppConfig


class DjangoFargateConfig(AppConfig):
    """Has no models: it is installed for its commands `migrate` and `lint_migrations`."""

    name = "django_fargate"
