"""Django's migrate, made safe beside a running site on PostgreSQL.

A migration that waits for a lock blocks every query that comes after it. The deployed service
therefore sets a short lock_timeout (DB_LOCK_TIMEOUT_MS), and this command tries again when it
could not get a lock. On another database nothing differs from Django's.

Before the first migration it asks how many connections the database takes: a release whose tasks
would not all get one stops here (DB_PLANNED_CONNECTIONS, which deploy/ecs/migrate.json sets).
"""

import os
import re
import time

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections

from ...postgresql.errors import LOCK_NOT_AVAILABLE, sqlstate

# 3 attempts for a migration that could not get its lock
LOCK_ATTEMPTS = 3
# Between two attempts, so that the queries which queued behind the last one get through.
PAUSE_SECONDS = 2.0

CONCURRENTLY = re.compile(
    r"\b(CREATE\s+(UNIQUE\s+)?INDEX|DROP\s+INDEX|REINDEX)\b[^;]*\bCONCURRENTLY\b",
    re.IGNORECASE,
)


class Command(migrate.Command):
    migration = None

    def handle(self, *args, **options):
        connection = connections[options["database"]]
        if connection.vendor != "postgresql":
            return super().handle(*args, **options)
        self.refuse_too_small_a_database(connection)
        for attempt in range(1, LOCK_ATTEMPTS + 1):
            try:
                with connection.execute_wrapper(self.execute_statement):
                    return super().handle(*args, **options)
            except OperationalError as error:
                if sqlstate(error) != LOCK_NOT_AVAILABLE:
                    raise
                # A migration with atomic = False may be half done: its statements were each tried
                # again below, and to start it anew would repeat the first ones.
                halfway = self.migration is not None and not self.migration.atomic
                if attempt == LOCK_ATTEMPTS or halfway:
                    raise CommandError(
                        f"{self.migration or 'migrate'}: could not get a lock in"
                        f" {LOCK_ATTEMPTS} attempts. Look for long transactions, then run it again."
                    ) from error
                self.pause(attempt)

    def refuse_too_small_a_database(self, connection):
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

    def migration_progress_callback(self, action, migration=None, fake=False):
        if action in ("apply_start", "unapply_start"):
            self.migration = migration
        elif action in ("apply_success", "unapply_success"):
            self.migration = None
        super().migration_progress_callback(action, migration, fake)

    def execute_statement(self, execute, sql, params, many, context):
        """Run one statement of a migration; the arguments are those of Django's execute_wrapper."""
        if context["connection"].in_atomic_block:
            # Rolled back and tried again as a whole, by handle().
            return execute(sql, params, many, context)
        if CONCURRENTLY.search(str(sql)):
            return self.execute_unlimited(execute, sql, params, many, context)
        for attempt in range(1, LOCK_ATTEMPTS):
            try:
                return execute(sql, params, many, context)
            except OperationalError as error:
                if sqlstate(error) != LOCK_NOT_AVAILABLE:
                    raise
                self.pause(attempt)
        return execute(sql, params, many, context)

    def execute_unlimited(self, execute, sql, params, many, context):
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

    def pause(self, attempt):
        self.stderr.write(
            f"{self.migration or 'migrate'}: could not get a lock"
            f" (attempt {attempt} of {LOCK_ATTEMPTS}); trying again in {PAUSE_SECONDS:g} s"
        )
        time.sleep(PAUSE_SECONDS)
