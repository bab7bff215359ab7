"""Extensions of PostgreSQL that a migration creates: may the service's role do it on RDS?

It may create those that PostgreSQL trusts, because it owns the database
(https://www.postgresql.org/docs/current/contrib.html). For all others RDS asks for its role
rds_superuser, which the master user has: dbinit creates those that DB_EXTENSIONS in
deploy/ecs/dbinit.json names, and a migration then finds them there.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django_migration_linter.sql_analyser.base import Issue

# "trusted = true" in the control files of PostgreSQL 14 to 18.
TRUSTED = frozenset(
    "btree_gin btree_gist citext cube dict_int fuzzystrmatch hstore intarray isn lo ltree pg_trgm"
    " pgcrypto plperl plpgsql pltcl seg tablefunc tcn tsm_system_rows tsm_system_time unaccent"
    " uuid-ossp".split()
)

CREATED = re.compile(r'^CREATE EXTENSION (?:IF NOT EXISTS )?"?([\w-]+)')


def made_by_dbinit() -> frozenset[str] | None:
    """Return what DB_EXTENSIONS names; None where dbinit is not a task of this repository."""
    try:
        text = Path(settings.BASE_DIR, "deploy", "ecs", "dbinit.json").read_text()
        variables = json.loads(text)["containerDefinitions"][0]["environment"]
    except (OSError, ValueError, LookupError):
        return None
    named = [one["value"] for one in variables if one["name"] == "DB_EXTENSIONS"]
    return frozenset(word for value in named for word in value.replace(",", " ").split())


def judge_extensions(statements: Iterable[str]) -> tuple[list[Issue], list[Issue]]:
    """Return the errors and the warnings about extensions that the service's role cannot create."""
    created = [found[1].lower() for sql in statements if (found := CREATED.match(sql))]
    unknown = [name for name in created if name not in TRUSTED]
    made = made_by_dbinit() if unknown else None
    why = "which only rds_superuser may create on RDS"
    if made is None:
        then = "create it as the master user before this is released"
        return [], [Issue("EXTENSION", f"EXTENSION {one}, {why}: {then}") for one in unknown]
    then = "name it in DB_EXTENSIONS of deploy/ecs/dbinit.json, then run `make bootstrap`"
    missing = [name for name in unknown if name not in made]
    return [Issue("EXTENSION", f"EXTENSION {one}, {why}: {then}") for one in missing], []
