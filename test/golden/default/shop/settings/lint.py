"""`make lint-migrations`: the shared settings, and PostgreSQL's SQL without a server."""

from .build import *  # noqa: F403

DATABASES = {
    "default": {
        "ENGINE": "django_fargate.postgresql.offline",
        "NAME": "none",
        "POSTGRES_MAJOR": 17,
    },
}

# The last migration of an app that was released before this linter was there: {"blog": "0007"}.
# It, and all that it needs, is not looked at.
LINT_MIGRATIONS_AFTER: dict[str, str] = {}
