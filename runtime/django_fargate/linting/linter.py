"""Judges migrations by the SQL that they would send, and by the source of their Python."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connections
from django.db.migrations import Migration, RunPython
from django.db.migrations.loader import MigrationLoader
from django_migration_linter.migration_linter import MessageType, MigrationLinter
from django_migration_linter.sql_analyser.base import Issue

from ..postgresql.offline.base import offline
from ..postgresql.offline.collect import Part, collect
from .checks import Analyser
from .extensions import judge_extensions
from .server import Key

MADE = re.compile(r'CREATE TABLE ("[^"]+"|[\w.]+) \(')
CHANGED = re.compile(r'(?:ALTER|DROP) TABLE (?:IF EXISTS )?(?:ONLY )?("[^"]+"|[\w.]+)')


class Linter(MigrationLinter):
    def __init__(
        self,
        loader: MigrationLoader,
        wanted: Iterable[Key],
        applied: Mapping[Key, list[Part]] | None = None,
    ) -> None:
        super().__init__(str(settings.BASE_DIR), no_cache=True)
        self.sql_analyser_class = Analyser
        self.migration_loader = loader
        self.wanted = wanted
        # What a server was sent; what is not in it is written down without one.
        self.applied = applied or {}

    def _gather_all_migrations(self, migrations_list: Any = None) -> list[Migration]:
        known = disk_migrations(self.migration_loader)
        return [known[key] for key in sorted(self.wanted)]

    def should_ignore_migration(
        self, app_label: str, migration_name: str, *args: Any, **kwargs: Any
    ) -> bool:
        migration = disk_migrations(self.migration_loader)[app_label, migration_name]
        reason = getattr(migration, "linter_override", None)
        if reason is None:
            return bool(super().should_ignore_migration(app_label, migration_name, *args, **kwargs))
        if not isinstance(reason, str) or not reason.strip():
            raise CommandError(f"{migration}: linter_override must be a text that says why")
        print(f"({app_label}, {migration_name}): {reason}")
        return True

    def lint_migration(self, migration: Migration) -> None:
        key = migration.app_label, migration.name
        self.nb_total += 1
        if self.should_ignore_migration(*key, migration.operations):
            self.nb_ignored += 1
            self.print_linting_msg(*key, "IGNORE", MessageType.IGNORE)
            return
        errors, warnings = self.judge(migration)
        if errors:
            self.nb_erroneous += 1
            self.print_linting_msg(*key, "ERR", MessageType.ERROR)
        elif warnings:
            self.nb_warnings += 1
            self.print_linting_msg(*key, "WARNING", MessageType.WARNING)
        else:
            self.nb_valid += 1
            self.print_linting_msg(*key, "OK", MessageType.OK)
        self.print_errors(errors)
        self.print_warnings(warnings)

    def judge(self, migration: Migration) -> tuple[list[Issue], list[Issue]]:
        """Return the errors and the warnings of a migration, each once."""
        errors: list[Issue] = []
        warnings: list[Issue] = []
        made: dict[str, str] = {}
        for part in self.parts_of(migration):
            made |= {table[1]: sql for sql in part.statements if (table := MADE.match(sql))}
            # The release before knows nothing of a table that the migration itself makes.
            known = [
                sql
                for sql in part.statements
                if not (table := CHANGED.match(sql)) or table[1] not in made
            ]
            analyser = Analyser([])
            analyser.analyse([*made.values(), *known])
            judged = judge_extensions(part.statements)
            errors += analyser.errors + judged[0]
            warnings += analyser.warnings + judged[1]
            if isinstance(part.operation, RunPython):
                more = self.judge_python(part.operation)
                errors += more[0]
                warnings += more[1]
            if part.problem:
                what = getattr(part.operation, "describe", lambda: "the migration")()
                issue = Issue("NOT_JUDGED", f"NOT JUDGED: {what}: {part.problem}")
                (warnings if part.warns else errors).append(issue)
        return once(errors), once(warnings)

    def parts_of(self, migration: Migration) -> list[Part]:
        key = migration.app_label, migration.name
        if key in self.applied:
            return self.applied[key]
        try:
            return collect(offline(connections[self.database]), self.migration_loader, migration)
        # Its operations do not fit the models; `migrate` would end with a traceback, too.
        except Exception as error:
            return [Part(problem=f"{type(error).__name__}: {error}")]

    def judge_python(self, operation: RunPython) -> tuple[list[Issue], list[Issue]]:
        """Return the errors and the warnings that the source of a RunPython is good for."""
        try:
            errors, _, warnings = self.lint_runpython(operation)
        # A callable without a name or a source.
        except (AttributeError, OSError, TypeError):
            return [], []
        # Nothing here ever goes backwards: a rollback leaves the migrations applied.
        return errors, [issue for issue in warnings if issue.code != "RUNPYTHON_REVERSIBLE"]


def disk_migrations(loader: MigrationLoader) -> Mapping[Key, Migration]:
    """Return the migrations that there are, applied or not; the loader has read them when made."""
    return loader.disk_migrations or {}


def once(issues: Iterable[Issue]) -> list[Issue]:
    known = {(issue.message, issue.table, issue.column): issue for issue in issues}
    return list(known.values())
