"""Does each migration of this repository work with the release before it?

Migrations run first, while the old release still serves; and `release.py rollback` brings the old
code back to the new tables. So a column is added in one release (nullable, or with a `db_default`)
and an old one dropped in a later, when no running code knows it any more.

A migration that was looked at and is released all the same says why:

    class Migration(migrations.Migration):
        linter_override = "nothing has read the column since the release of 2026-11-02"

Its release switches the automatic rollback off, and no later `rollback` goes back across it. An
operation IgnoreMigration() of django-migration-linter does the same, but then that package must be
in requirements.in, since the migration imports it.
"""

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django_migration_linter.migration_linter import MigrationLinter


class Linter(MigrationLinter):
    def should_ignore_migration(self, app_label, migration_name, *args, **kwargs):
        migration = self.migration_loader.disk_migrations[app_label, migration_name]
        reason = getattr(migration, "linter_override", None)
        if reason is None:
            return super().should_ignore_migration(app_label, migration_name, *args, **kwargs)
        if not isinstance(reason, str) or not reason.strip():
            raise CommandError(f"{migration}: linter_override must be a text that says why")
        print(f"({app_label}, {migration_name}): {reason}")
        return True


class Command(BaseCommand):
    help = "Checks that no migration breaks the release before it."
    requires_system_checks = []

    def handle(self, **options):
        labels = own_apps()
        linter = Linter(str(settings.BASE_DIR), include_apps=labels, no_cache=True)
        # Without any app of ours, include_apps would mean all.
        if labels:
            linter.lint_all_migrations()
        linter.print_summary()
        if linter.has_errors:
            raise CommandError(
                "A migration breaks the release before it, which still runs while it is applied."
                " Split it over two releases, or say why not: see"
                " management/commands/lint_migrations.py."
            )


def own_apps():
    """Return the labels of this repository's apps, not of those that are installed beside it."""
    root = Path(settings.BASE_DIR).resolve()
    return [
        config.label
        for config in apps.get_app_configs()
        if root in Path(config.path).resolve().parents and "site-packages" not in config.path
    ]
