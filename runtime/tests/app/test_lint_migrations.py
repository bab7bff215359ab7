"""Migrations that break the release before them are found, by PostgreSQL's SQL without a server."""

import json
import re
import subprocess
from types import SimpleNamespace

import pytest
from django.core.management.base import CommandError

from django_fargate.linting.linter import Linter
from django_fargate.management.commands import lint_migrations

FIRST = """
from django.db import migrations, models

class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel(
            "Item",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("old", models.TextField(null=True)),
                ("name", models.CharField(max_length=20, unique=True)),
                ("item", models.ForeignKey("Item", models.CASCADE)),
            ],
        )
    ]
"""
SECOND = """
from django.db import migrations, models
from django.db.models import CASCADE

class Migration(migrations.Migration):
    {extra}
    dependencies = [("{label}", "0001_initial")]
    operations = [migrations.{operation}]
"""
SETTINGS = """
from pathlib import Path

BASE_DIR = Path(__file__).parent
INSTALLED_APPS = ["django_fargate", *{labels}]
DATABASES = {{
    "default": {{
        "ENGINE": "django_fargate.postgresql.offline", "NAME": "none", "POSTGRES_MAJOR": 17
    }}
}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LINT_MIGRATIONS_AFTER = {released}
"""
SERVER = """
DATABASES["default"] = {
    "ENGINE": "django_fargate.postgresql", "NAME": "x", "HOST": "127.0.0.1", "PORT": 1
}
"""
EXTENSION = 'RunSQL("CREATE EXTENSION IF NOT EXISTS {}")'
DROP = 'RemoveField("item", "old")'
HARMLESS = {
    "added": 'AddField("item", "new", models.TextField(null=True))',
    "db_default": 'AddField("item", "new", models.TextField(db_default=""))',
    "index": 'AddIndex("item", models.Index(fields=["old"], name="item_old"))',
    "table": 'CreateModel("Other", [("id", models.BigAutoField(primary_key=True))])',
    # Django asks the database for the names of what it drops.
    "nullable": 'AlterField("item", "item", models.ForeignKey("Item", CASCADE, null=True))',
    "not_unique": 'AlterField("item", "name", models.CharField(max_length=20))',
    "longer": 'AlterField("item", "name", models.CharField(max_length=99, unique=True))',
    # Why it is not judged stands below it.
    "python": "RunPython(print)",
}
BREAKING = {
    "drop": DROP,
    "not_null": 'AddField("item", "new", models.TextField(default=""))',
    "null_to_not_null": 'AlterField("item", "old", models.TextField(default=""))',
    "rename": 'RenameField("item", "old", "new")',
    "rename_table": 'RenameModel("Item", "Thing")',
    "drop_table": 'DeleteModel("Item")',
    "sql": 'RunSQL("update x set y = 1; alter table x drop y")',
    "shorter": 'AlterField("item", "name", models.CharField(max_length=9, unique=True))',
    "not_judged": 'RemoveField("item", "none")',
}


# Why a migration is released all the same; the second in two pieces, as a long text is written.
REASONS = {"one": '"nothing reads it"', "two": '("nothing " "reads it")'}


@pytest.fixture
def linted(run, tmp_path):
    """Lint apps with two migrations each, given the second one; return exit code and output."""

    def linted(operations, reasons, *options, released=None, server=False):
        for label, operation in operations.items():
            folder = tmp_path / label / "migrations"
            folder.mkdir(parents=True)
            for package in (folder, folder.parent):
                (package / "__init__.py").touch()
            (folder / "0001_initial.py").write_text(FIRST)
            extra = f"linter_override = {reasons[label]}" if label in reasons else "pass"
            second = SECOND.format(label=label, operation=operation, extra=extra)
            (folder / "0002_next.py").write_text(second)
        there = [path.parent.name for path in tmp_path.glob("*/migrations")]
        labels = sorted(operations or there)
        settings = SETTINGS.format(labels=labels, released=released or {})
        settings += SERVER if server else ""
        (tmp_path / "linted.py").write_text(settings)
        done = run("-m", "django", "lint_migrations", "--settings=linted", *options)
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
    assert "NOT JUDGED: Raw Python operation" in output


def test_what_breaks_it_does_not(linted):
    code, output = linted(BREAKING, {})
    assert code == 1
    found = re.findall(r"\((\w+), 0002_next\)\.\.\. ERR", output)
    assert sorted(found) == sorted(BREAKING), output
    assert "Split it over two releases" in output
    assert "NOT JUDGED: the migration: KeyError: 'none'" in output
    assert "Traceback" not in output


def test_what_was_released_already_is_not_looked_at(linted):
    code, output = linted({"drop": DROP, "sql": BREAKING["sql"]}, {}, released={"drop": "0002"})
    assert code == 1
    assert "(drop," not in output
    assert "Erroneous migrations: 1/2" in output


def test_a_released_migration_that_is_not_there_is_named(linted):
    code, output = linted({"drop": DROP}, {}, released={"drop": "0003"})
    assert code == 1
    assert "LINT_MIGRATIONS_AFTER in settings/lint.py: drop has no migration '0003'" in output


def test_only_what_is_new_since_a_commit_is_looked_at(linted, tmp_path):
    def git(*arguments):
        identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True)

    git("init", "--initial-branch=main")
    linted({"drop": DROP}, {})
    git("add", ".")
    git("commit", "--message=released")
    git("checkout", "-b", "next")
    assert linted({"sql": BREAKING["sql"]}, {}, "--since=main")[0] == 1
    code, output = linted({"index": HARMLESS["index"]}, {}, "--since=main")
    assert code == 0
    assert "Valid migrations: 1/2" in output
    code, output = linted({}, {}, "--since=nothing")
    assert code == 1
    assert "--since nothing: fatal: Not a valid object name nothing" in output


def test_an_extension_that_the_role_may_not_create_is_named_with_what_to_do(linted, tmp_path):
    operations = {"trusted": EXTENSION.format("pg_trgm"), "other": EXTENSION.format("vector")}
    code, output = linted(operations, {})
    assert code == 0
    assert re.search(r"\(other, 0002_next\)\.\.\. WARNING\n\tEXTENSION vector, which only", output)
    assert "(trusted, 0002_next)... OK" in output
    folder = tmp_path / "deploy" / "ecs"
    folder.mkdir(parents=True)
    for named, expected in (("", 1), ("postgis", 1), ("postgis, vector", 0)):
        variables = [{"name": "DB_EXTENSIONS", "value": named}]
        task = {"containerDefinitions": [{"environment": variables}]}
        (folder / "dbinit.json").write_text(json.dumps(task))
        code, output = linted({}, {})
        assert code == expected, output
        assert ("in DB_EXTENSIONS of deploy/ecs/dbinit.json" in output) == (expected == 1)


def test_a_server_that_cannot_be_asked_is_said_in_a_sentence(linted):
    code, output = linted({"drop": DROP}, {}, server=True)
    assert code == 1
    assert re.search(
        "^CommandError: no database for the migrations: .*refused.*`make db`", output, re.M
    )
    assert "Traceback" not in output


@pytest.mark.parametrize("reason", [True, " "])
def test_an_override_without_a_reason_is_none(reason):
    migrations = {("drop", "0002_next"): SimpleNamespace(linter_override=reason)}
    linter = SimpleNamespace(migration_loader=SimpleNamespace(disk_migrations=migrations))
    with pytest.raises(CommandError, match="must be a text that says why"):
        Linter.should_ignore_migration(linter, "drop", "0002_next")


def test_only_the_apps_of_this_repository_are_looked_at():
    assert "example" in lint_migrations.own_apps()
    assert "contenttypes" not in lint_migrations.own_apps()
