"""Migrations that break the release before them are found, by PostgreSQL's SQL without a server."""

import re
from types import SimpleNamespace

import pytest
from django.core.management.base import CommandError

from shop.management.commands import lint_migrations

FIRST = """
from django.db import migrations, models

class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel(
            "Item",
            [("id", models.BigAutoField(primary_key=True)), ("old", models.TextField(null=True))],
        )
    ]
"""
SECOND = """
from django.db import migrations, models

class Migration(migrations.Migration):
    {extra}
    dependencies = [("{label}", "0001_initial")]
    operations = [migrations.{operation}]
"""
SETTINGS = """
from pathlib import Path

from shop.settings.lint import *

BASE_DIR = Path(__file__).parent
INSTALLED_APPS = ["shop", *{labels}]
"""
DROP = 'RemoveField("item", "old")'
HARMLESS = {
    "nullable": 'AddField("item", "new", models.TextField(null=True))',
    "db_default": 'AddField("item", "new", models.TextField(db_default=""))',
    "index": 'AddIndex("item", models.Index(fields=["old"], name="item_old"))',
    "table": 'CreateModel("Other", [("id", models.BigAutoField(primary_key=True))])',
}
BREAKING = {
    "drop": DROP,
    "not_null": 'AddField("item", "new", models.TextField(default=""))',
    "null_to_not_null": 'AlterField("item", "old", models.TextField(default=""))',
    "rename": 'RenameField("item", "old", "new")',
    "rename_table": 'RenameModel("Item", "Thing")',
    "drop_table": 'DeleteModel("Item")',
    "sql": 'RunSQL("ALTER TABLE x DROP COLUMN y")',
}


# Why a migration is released all the same; the second in two pieces, as a long text is written.
REASONS = {"one": '"nothing reads it"', "two": '("nothing " "reads it")'}


@pytest.fixture
def linted(run, tmp_path):
    """Lint apps with two migrations each, given the second one; return exit code and output."""

    def linted(operations, reasons):
        for label, operation in operations.items():
            folder = tmp_path / label / "migrations"
            folder.mkdir(parents=True)
            for package in (folder, folder.parent):
                (package / "__init__.py").touch()
            (folder / "0001_initial.py").write_text(FIRST)
            extra = f"linter_override = {reasons[label]}" if label in reasons else "pass"
            second = SECOND.format(label=label, operation=operation, extra=extra)
            (folder / "0002_next.py").write_text(second)
        (tmp_path / "linted.py").write_text(SETTINGS.format(labels=list(operations)))
        command = ["manage.py", "lint_migrations", "--settings=linted"]
        done = run(*command, PYTHONPATH=str(tmp_path))
        return done.returncode, done.stdout + done.stderr

    return linted


def test_what_the_release_before_does_not_notice_passes_and_an_override_says_why(linted):
    overridden = dict.fromkeys(REASONS, DROP)
    code, output = linted(HARMLESS | overridden, REASONS)
    assert code == 0, output
    count = 2 * len(HARMLESS | overridden)
    assert f"Erroneous migrations: 0/{count}" in output
    assert f"Ignored migrations: {len(overridden)}/{count}" in output
    for label in overridden:
        assert f"({label}, 0002_next): nothing reads it" in output


def test_what_breaks_it_does_not(linted):
    code, output = linted(BREAKING, {})
    assert code == 1
    found = re.findall(r"\((\w+), 0002_next\)\.\.\. ERR", output)
    assert sorted(found) == sorted(BREAKING), output
    assert "Split it over two releases" in output


@pytest.mark.parametrize("reason", [True, " "])
def test_an_override_without_a_reason_is_none(reason):
    migrations = {("drop", "0002_next"): SimpleNamespace(linter_override=reason)}
    linter = SimpleNamespace(migration_loader=SimpleNamespace(disk_migrations=migrations))
    with pytest.raises(CommandError, match="must be a text that says why"):
        lint_migrations.Linter.should_ignore_migration(linter, "drop", "0002_next")


def test_only_the_apps_of_this_repository_are_looked_at():
    assert "shop" in lint_migrations.own_apps()
    assert "admin" not in lint_migrations.own_apps()
