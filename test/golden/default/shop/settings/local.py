"""Development and tests: debug pages, no environment variable needed.

DATABASE_URL chooses PostgreSQL, which `make db` starts, instead of SQLite.
"""

from .base import *  # noqa: F403
from .base import BASE_DIR, STORAGES, env

DEBUG = True
# Signs nothing but local sessions; the deployed service refuses to start with it.
SECRET_KEY = "django-insecure-local"  # noqa: S105
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

SQLITE = {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}
DATABASES = {"default": env.database_url() or SQLITE}

STORAGES = {
    **STORAGES,
    # Files are served from where they lie, without collectstatic. A name that production's manifest
    # would not have is an error here, too.
    "staticfiles": {"BACKEND": "django_fargate.staticfiles.StaticFilesStorage"},
}

# Mail is printed where `make dev` runs. Tests find theirs in django.core.mail.outbox.
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
