from django.apps import AppConfig


class BackgroundConfig(AppConfig):
    """Its tables are background_done and background_tally, wherever this package is."""

    name = "django_fargate.background"
    label = "background"
    default_auto_field = "django.db.models.BigAutoField"
