"""The settings of these tests: what a project sets of it, on SQLite in memory."""

from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent
SECRET_KEY = "not-a-secret"
USE_TZ = True
ALLOWED_HOSTS = ["testserver"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
INSTALLED_APPS = [
    "django_fargate",
    "django_fargate.background",
    "tests.app.example",
    "django.contrib.contenttypes",
]
MIDDLEWARE = [
    "django_fargate.health.HealthMiddleware",
    "django_fargate.bodies.LargestBodyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django_fargate.middleware.StaticNotFoundMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django_fargate.middleware.DatabaseUnavailableMiddleware",
]
ROOT_URLCONF = "tests.app.urls"
STATIC_URL = "static/"
LARGEST_UPLOAD_MIB = 1
GIT_SHA = "unknown"
MIGRATION_ATTEMPTS = 3
WORKER_SHUTDOWN_SECONDS = 90
WORKER_HEARTBEAT_SECONDS = 20
