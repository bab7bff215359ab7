"""Does each migration of this repository work with the release before it?

Migrations run first, while the old release still serves; and `make rollback` brings the old
code back to the new tables. So a column is added in one release (nullable, or with a `db_default`)
and an old one dropped in a later, when no running code knows it any more.

A migration that was reviewed and is released anyway says why:

    class Migration(migrations.Migration):
        linter_override = "nothing has read the column since the release of 2026-11-02"

Its release switches the automatic rollback off, and no later `rollback` goes back across it. An
operation IgnoreMigration() of django-migration-linter does the same, but then that package must be
in requirements.in, since the migration imports it.

What has been released already is of no interest: LINT_MIGRATIONS_AFTER in settings/lint.py names
the last such migration of an app. `--since main` looks only at what is new or changed since this
branch left main.
"""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.db.migrations import Migration
from django.db.migrations.exceptions import AmbiguityError, BadMigrationError, NodeNotFoundError
from django.db.migrations.loader import MigrationLoader

from ...linting.linter import Linter, disk_migrations
from ...linting.server import Key, apply_all, database_of_its_own
from ...postgresql.offline.base import DatabaseWrapper as Offline
from ...postgresql.offline.collect import Part


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
            loader = MigrationLoader(None, replace_migrations=False)
        except (BadMigrationError, NodeNotFoundError) as error:
            raise CommandError(str(error)) from error
        known = disk_migrations(loader)
        own = own_apps()
        wanted = {key for key in known if key[0] in own}
        wanted -= released(loader, getattr(settings, "LINT_MIGRATIONS_AFTER", {}))
        if options.get("since"):
            files = changed_files(options["since"])
            wanted = {key for key in wanted if file_of(known[key]) in files}
        linter = Linter(loader, wanted, self.applied() if wanted else {})
        linter.lint_all_migrations()
        linter.print_summary()
        if linter.has_errors:
            raise CommandError(
                "A migration breaks the release before it, which still runs while it is applied."
                " Split it over two releases, or say why not; or say that it was released"
                " already: see django_fargate/management/commands/lint_migrations.py."
            )

    def applied(self) -> Mapping[Key, list[Part]]:
        """Return what the server of DATABASE_URL was sent; nothing without one."""
        connection: Any = connections["default"]
        if connection.vendor != "postgresql" or isinstance(connection, Offline):
            return {}
        with database_of_its_own(connection):
            self.stdout.write(f"Applied to PostgreSQL {connection.pg_version // 10_000}.")
            return apply_all(connection)


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
