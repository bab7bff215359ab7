"""The same with Django's own PostgreSQL engine, and no option but TLS and limits."""

from .settings import *
from .settings import DATABASES

KEPT = ("sslmode", "sslrootcert", "options", "application_name")
DATABASES = {
    "default": {
        **DATABASES["default"],
        "ENGINE": "django.db.backends.postgresql",
        "OPTIONS": {name: DATABASES["default"]["OPTIONS"][name] for name in KEPT},
    },
}
