"""Django's migrate, made safe beside a running site on PostgreSQL.

A migration that waits for a lock blocks every query that comes after it. The deployed service
therefore sets a short lock_timeout (DB_LOCK_TIMEOUT_MS), and this command tries again when it
could not get a lock, MIGRATION_ATTEMPTS times in all (a setting). On SQLite it stops in a sentence
when a model needs PostgreSQL; else nothing differs from Django's there.

Before the first migration it asks how many connections the database takes: a release whose tasks
would not all get one stops here (DB_PLANNED_CONNECTIONS, which deploy/ecs/migrate.json sets).

With PgBouncer it also sets the limits of the web tasks' statements for the role that they and it
connect as. The web tasks go through PgBouncer, which accepts no limits from a client. Tasks that
connect directly, like this command, set their own, which win (DB_ROLE_..., also in
deploy/ecs/migrate.json).
"""

import os
import re
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration

from ...postgresql.errors import LOCK_NOT_AVAILABLE, sqlstate
from ...postgresql.only import WAY_OUT, fields_of_postgresql

# Between two attempts, so that the queries which queued behind the last one get through.
PAUSE_SECONDS = 2.0

ROLE_LIMITS = {
    "statement_timeout": "DB_ROLE_STATEMENT_TIMEOUT_MS",
    "lock_timeout": "DB_ROLE_LOCK_TIMEOUT_MS",
    "idle_in_transaction_session_timeout": "DB_ROLE_IDLE_IN_TRANSACTION_TIMEOUT_MS",
}

CONCURRENTLY = re.compile(
    r"\b(CREATE\s+(UNIQUE\s+)?INDEX|DROP\s+INDEX|REINDEX)\b[^;]*\bCONCURRENTLY\b",
    re.IGNORECASE,
)


# Runs a statement with its parameters, many or one, in a context: Django's execute_wrapper.
Execute = Callable[[str, Any, bool, dict[str, Any]], Any]


def lock_attempts() -> int:
    """Return how often in all a statement or a migration is tried that could not get a lock."""
    return int(getattr(settings, "MIGRATION_ATTEMPTS", 1))


class Command(migrate.Command):
    migration: Migration | None = None

    def handle(self, *args: Any, **options: Any) -> str | None:
        connection = connections[options["database"]]
        if connection.vendor == "sqlite":
            self.refuse_fields_of_postgresql()
        if connection.vendor != "postgresql":
            return super().handle(*args, **options)
        self.refuse_too_small_a_database(connection)
        if not options.get("plan") and not options.get("check_unapplied"):
            self.limit_the_role(connection)
        attempts = lock_attempts()
        for attempt in range(1, attempts + 1):
            try:
                with connection.execute_wrapper(self.execute_statement):
                    return super().handle(*args, **options)
            except OperationalError as error:
                if sqlstate(error) != LOCK_NOT_AVAILABLE:
                    raise
                # A migration with atomic = False may be half done: its statements were each tried
                # again below, and restarting it would repeat the first ones.
                halfway = self.migration is not None and not self.migration.atomic
                if attempt == attempts or halfway:
                    raise CommandError(
                        f"{self.migration or 'migrate'}: could not get a lock in"
                        f" {attempts} attempts. Look for long transactions, then run it again."
                    ) from error
                self.pause(attempt)
        raise AssertionError("not reached: the last attempt returns or raises")

    def refuse_fields_of_postgresql(self) -> None:
        """Stop before SQLite reports a syntax error: tests migrate without Django's checks."""
        found = list(fields_of_postgresql())
        if found:
            raise CommandError(f"{'; '.join(found)}, and this database is SQLite. {WAY_OUT}")

    def refuse_too_small_a_database(self, connection: BaseDatabaseWrapper) -> None:
        """Stop when the server takes fewer connections than this release was planned with."""
        planned = os.environ.get("DB_PLANNED_CONNECTIONS", "")
        if not planned:
            return
        if not planned.isdecimal():
            raise CommandError(f"DB_PLANNED_CONNECTIONS must be a whole number, not {planned!r}")
        with connection.cursor() as cursor:
            cursor.execute("SHOW max_connections")
            live = int(cursor.fetchone()[0])
        if live < int(planned):
            raise CommandError(
                f"max_connections is {live}, and this release may need {planned}: see"
                " plannedConnections in deploy/sizing.json. A new parameter group counts only"
                " after the database was rebooted."
            )

    def limit_the_role(self, connection: BaseDatabaseWrapper) -> None:
        """Make the web tasks' limits those of the current role, where they are not yet.

        They count for connections that are opened from then on.
        """
        values = {limit: os.environ.get(name, "") for limit, name in ROLE_LIMITS.items()}
        for limit, milliseconds in values.items():
            if milliseconds and not milliseconds.isdecimal():
                name = ROLE_LIMITS[limit]
                raise CommandError(f"{name} must be a whole number, not {milliseconds!r}")
        wanted = {f"{limit}={value}" for limit, value in values.items() if value}
        if not wanted:
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolconfig FROM pg_roles WHERE rolname = current_user")
            changed = sorted(wanted - set(cursor.fetchone()[0] or []))
            for setting in changed:
                cursor.execute(f"ALTER ROLE CURRENT_USER SET {setting}")
        if changed:
            self.stdout.write(f"Limits of the role: {', '.join(changed)}")

    def migration_progress_callback(
        self, action: str, migration: Migration | None = None, fake: bool = False
    ) -> None:
        if action in ("apply_start", "unapply_start"):
            self.migration = migration
        elif action in ("apply_success", "unapply_success"):
            self.migration = None
        super().migration_progress_callback(action, migration, fake)

    def execute_statement(
        self, execute: Execute, sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        """Run one statement of a migration; the arguments are those of Django's execute_wrapper."""
        if context["connection"].in_atomic_block:
            # Rolled back and tried again as a whole, by handle().
            return execute(sql, params, many, context)
        if CONCURRENTLY.search(str(sql)):
            return self.execute_unlimited(execute, sql, params, many, context)
        for attempt in range(1, lock_attempts()):
            try:
                return execute(sql, params, many, context)
            except OperationalError as error:
                if sqlstate(error) != LOCK_NOT_AVAILABLE:
                    raise
                self.pause(attempt)
        return execute(sql, params, many, context)

    def execute_unlimited(
        self, execute: Execute, sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        """Run a statement without limits: an index whose build was cancelled stays, invalid.

        To build an index concurrently waits for old transactions, but blocks neither reads nor
        writes meanwhile.
        """
        limits = ("lock_timeout", "statement_timeout")
        for limit in limits:
            execute(f"SET {limit} = 0", None, False, context)
        try:
            return execute(sql, params, many, context)
        finally:
            for limit in limits:
                execute(f"RESET {limit}", None, False, context)

    def pause(self, attempt: int) -> None:
        self.stderr.write(
            f"{self.migration or 'migrate'}: could not get a lock"
            f" (attempt {attempt} of {lock_attempts()}); trying again in {PAUSE_SECONDS:g} s"
        )
        time.sleep(PAUSE_SECONDS)
