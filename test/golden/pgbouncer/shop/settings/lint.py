"""`make lint-migrations`: the shared settings, and PostgreSQL's SQL without a server."""

from .build import *  # noqa: F403

DATABASES = {"default": {"ENGINE": "shop.postgresql.offline", "NAME": "none"}}
