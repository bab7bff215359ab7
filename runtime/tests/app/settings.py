"""The settings of these tests: SQLite in memory."""

SECRET_KEY = "not-a-secret"  # noqa: S105
USE_TZ = True
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
INSTALLED_APPS: list[str] = []
