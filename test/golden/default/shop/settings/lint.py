"""`make lint-migrations`: the shared settings, and the SQL of PostgreSQL.

With DATABASE_URL a server runs the migrations, in a database of their own; without it nothing is
connected, and Django only writes their SQL down.
"""

from .build import *  # noqa: F403
from .build import env

OFFLINE = {
    "ENGINE": "django_fargate.postgresql.offline",
    "NAME": "none",
    "POSTGRES_MAJOR": 17,
}
DATABASES = {"default": env.database_url() or OFFLINE}

# The last migration of an app that was released before this linter was there: {"blog": "0007"}.
# It, and all that it needs, is not looked at.
LINT_MIGRATIONS_AFTER: dict[str, str] = {}
