"""Tests of what the service imports: they need Django and Celery, no network and no service."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.app.settings")
