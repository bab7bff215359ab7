"""Development's settings with production's bucket, and the app of docs/uploads.md."""

from os import environ

from shop.settings.local import *
from shop.settings.local import INSTALLED_APPS, STORAGES

INSTALLED_APPS = [*INSTALLED_APPS, "videos"]
ROOT_URLCONF = "videotest.urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
STORAGES = {
    **STORAGES,
    "default": {
        "BACKEND": "django_fargate.media.MediaStorage",
        "OPTIONS": {
            "bucket_name": environ["MEDIA_BUCKET"],
            "region_name": "us-east-1",
            "connect_timeout_ms": 1000,
            "read_timeout_ms": 10_000,
            "attempts": 1,
            "connections": 2,
            "querystring_expire": 600,
        },
    },
}
