"""Does each migration of this repository work with the release before it?

Migrations run first, while the old release still serves; and `make rollback` brings the old
code back to the new tables. So a column is added in one release (nullable, or with a `db_default`)
and an old one dropped in a later, when no running code knows it any more.

A migration that was looked at and is released all the same says why:

    class Migration(migrations.Migration):
        linter_override = "nothing has read the column since the release of 2026-11-02"

Its release switches the automatic rollback off, and no later `rollback` goes back across it. An
operation IgnoreMigration() of django-migration-linter does the same, but then that package must be
in requirements.in, since the migration imports it.

What has been released already is of no interest: LINT_MIGRATIONS_AFTER in settings/lint.py names
the last such migration of an app. `--since main` looks only at what is new or changed since this
branch left main.
"""

import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.db.migrations import Migration, RunPython
from django.db.migrations.exceptions import AmbiguityError, BadMigrationError, NodeNotFoundError
from django.db.migrations.loader import MigrationLoader
from django_migration_linter.migration_linter import MessageType, MigrationLinter
from django_migration_linter.sql_analyser.base import Check, CheckMode, CheckType, Issue
from django_migration_linter.sql_analyser.postgresql import PostgresqlAnalyser

from ...postgresql.offline.collect import Part, collect

MADE = re.compile(r'CREATE TABLE ("[^"]+"|[\w.]+) \(')
# The label of its app, and its name.
Key = tuple[str, str]

CHANGED = re.compile(r'(?:ALTER|DROP) TABLE (?:IF EXISTS )?(?:ONLY )?("[^"]+"|[\w.]+)')


def check(code: str, pattern: str, message: str, type: CheckType = CheckType.ERROR) -> Check:
    def found(sql: str, **_: Any) -> re.Match[str] | None:
        return re.search(pattern, sql)

    return Check(code, found, message, CheckMode.ONE_LINER, type)


def refuses_null(statements: Sequence[str], **_: Any) -> bool:
    """Return whether a column takes no NULL that the release before would leave it at."""
    dropped = any("DROP DEFAULT" in sql for sql in statements)
    for sql in statements:
        if sql.startswith("CREATE ") or not re.search("(?<!DROP )(?<!IS )NOT NULL", sql):
            continue
        filled = re.search("(DEFAULT (?!NULL)|GENERATED ).*NOT NULL|NOT NULL.* GENERATED ", sql)
        if dropped or not filled or "SET NOT NULL" in sql:
            return True
    return False


def drops_default(statements: Sequence[str], **_: Any) -> bool:
    """Return whether a default goes that was there before: Django drops its own at once."""
    given = any(re.search("(ADD|SET) .*DEFAULT ", sql) for sql in statements)
    return not given and any(re.search("DROP (DEFAULT|IDENTITY)", sql) for sql in statements)


class Analyser(PostgresqlAnalyser):
    """The linter's own checks, and what they do not see. PostgreSQL needs no word COLUMN."""

    migration_checks = [
        *PostgresqlAnalyser.migration_checks,
        check(
            "DROP_COLUMN",
            "^ALTER TABLE .* DROP (?!CONSTRAINT |DEFAULT|NOT NULL|IDENTITY|EXPRESSION)",
            "DROPPING columns",
        ),
        check(
            "DROP_TABLE",
            "^DROP (TABLE|VIEW|MATERIALIZED VIEW|SCHEMA|TYPE|FUNCTION|PROCEDURE) ",
            "DROPPING what the release before uses",
        ),
        check("RENAME_COLUMN", "^ALTER TABLE .* RENAME (?!TO |CONSTRAINT )", "RENAMING columns"),
        check(
            "ALTER_COLUMN",
            "^ALTER TABLE .* ALTER .* TYPE ",
            "ALTERING the type of a column: the table is written anew, and locked for so long",
        ),
        Check(
            "NOT_NULL",
            refuses_null,
            "NOT NULL constraint on columns",
            CheckMode.TRANSACTION,
            CheckType.ERROR,
        ),
        Check(
            "DROP_DEFAULT",
            drops_default,
            "DROPPING a default that the release before counts on",
            CheckMode.TRANSACTION,
            CheckType.ERROR,
        ),
        check("ADD_EXCLUSION", "^ALTER TABLE .* ADD .*EXCLUDE ", "ADDING exclusion constraint"),
        check(
            "ADD_CHECK",
            "^ALTER TABLE .* ADD CONSTRAINT .* CHECK ",
            "ADDING check constraint: what the release before writes must pass it",
            CheckType.WARNING,
        ),
        check(
            "PROGRAM",
            "^(DO|CALL|EXECUTE) ",
            "NOT JUDGED: a program inside of the database",
            CheckType.WARNING,
        ),
    ]


class Linter(MigrationLinter):
    def __init__(self, loader: MigrationLoader, wanted: Iterable[Key]) -> None:
        super().__init__(str(settings.BASE_DIR), no_cache=True)
        self.sql_analyser_class = Analyser
        self.migration_loader = loader
        self.wanted = wanted

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
            errors += analyser.errors
            warnings += analyser.warnings
            if isinstance(part.operation, RunPython):
                more = self.judge_python(part.operation)
                errors += more[0]
                warnings += more[1]
            if part.problem:
                what = getattr(part.operation, "describe", lambda: "the migration")()
                issue = Issue("NOT_JUDGED", f"NOT JUDGED: {what}: {part.problem}")
                (warnings if isinstance(part.operation, RunPython) else errors).append(issue)
        return once(errors), once(warnings)

    def parts_of(self, migration: Migration) -> list[Part]:
        try:
            return collect(connections[self.database], self.migration_loader, migration)
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


class Command(BaseCommand):
    help = "Checks that no migration breaks the release before it."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since",
            metavar="COMMIT",
            help="only migrations that are new or changed since this branch left COMMIT",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loader = MigrationLoader(connections["default"], replace_migrations=False)
        except (BadMigrationError, NodeNotFoundError) as error:
            raise CommandError(str(error)) from error
        known = disk_migrations(loader)
        own = own_apps()
        wanted = {key for key in known if key[0] in own}
        wanted -= released(loader, getattr(settings, "LINT_MIGRATIONS_AFTER", {}))
        if options.get("since"):
            files = changed_files(options["since"])
            wanted = {key for key in wanted if file_of(known[key]) in files}
        linter = Linter(loader, wanted)
        linter.lint_all_migrations()
        linter.print_summary()
        if linter.has_errors:
            raise CommandError(
                "A migration breaks the release before it, which still runs while it is applied."
                " Split it over two releases, or say why not; or say that it was released"
                " already: see django_fargate/management/commands/lint_migrations.py."
            )


def own_apps() -> list[str]:
    """Return the labels of this repository's apps, not of those that are installed beside it."""
    root = Path(settings.BASE_DIR).resolve()
    return [
        config.label
        for config in apps.get_app_configs()
        if root in Path(config.path).resolve().parents and "site-packages" not in config.path
    ]


def released(loader: MigrationLoader, last: Mapping[str, str]) -> set[Key]:
    """Return the migrations that were released: the last of each app, and all that they need."""
    found: set[Key] = set()
    for label, name in last.items():
        try:
            migration = loader.get_migration_by_prefix(label, name)
        except (AmbiguityError, KeyError) as error:
            raise CommandError(
                f"LINT_MIGRATIONS_AFTER in settings/lint.py: {label} has no migration {name!r}"
            ) from error
        found |= set(loader.graph.forwards_plan((label, migration.name)))
    # A squashed migration says the same once more.
    for key, migration in disk_migrations(loader).items():
        if migration.replaces and found.issuperset(map(tuple, migration.replaces)):
            found.add(key)
    return found


def file_of(migration: Migration) -> Path:
    return Path(sys.modules[migration.__module__].__file__ or "").resolve()


def changed_files(commit: str) -> set[Path]:
    """Return the files that are not as they were where this branch left a commit."""
    root = Path(settings.BASE_DIR).resolve()

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(root), *arguments]
        try:
            done = subprocess.run(  # noqa: S603  our own
                command, capture_output=True, text=True, check=True
            )
        except FileNotFoundError as error:
            raise CommandError("--since asks git, which is not installed") from error
        except subprocess.CalledProcessError as error:
            reason = " ".join(error.stderr.split()) or "no common commit: fetch the whole history"
            raise CommandError(f"--since {commit}: {reason}") from error
        return done.stdout

    base = git("merge-base", commit, "HEAD").strip()
    names = git("diff", "--name-only", "--relative", "-z", base)
    names += git("ls-files", "--others", "--exclude-standard", "-z")
    return {(root / name).resolve() for name in names.split("\0") if name}
