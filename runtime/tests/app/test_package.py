"""What the package imports, and when."""

import pytest

# As where a package is not installed: importing it fails.
WITHOUT = "import sys\nfor name in {names!r}: sys.modules[name] = None\n"


def test_the_package_itself_imports_nothing(run):
    script = "import sys, django_fargate\nprint({'django', 'boto3', 'celery'} & set(sys.modules))"
    assert run("-c", script).stdout == "set()\n"


@pytest.mark.parametrize(
    "module",
    [
        "apps",
        "certs",
        "env",
        "health",
        "incoming",
        "logs",
        "middleware",
        "postgresql.base",
        "postgresql.errors",
        "management.commands.migrate",
        "background.once",
    ],
)
def test_the_service_needs_neither_boto3_nor_celery(run, module):
    names = ["boto3", "botocore", "celery", "kombu", "django_migration_linter", "sentry_sdk"]
    setup = "import django\ndjango.setup()\n"
    settings = "from pathlib import Path\nINSTALLED_APPS = ['django_fargate.background']\n"
    script = WITHOUT.format(names=names)
    script += f"open('plain.py', 'w').write({settings!r})\n{setup}"
    script += f"import django_fargate.{module}\n"
    done = run("-c", script, DJANGO_SETTINGS_MODULE="plain")
    assert done.returncode == 0, done.stderr


def test_dbinit_and_the_logs_need_no_django(run):
    script = WITHOUT.format(names=["django", "boto3", "celery"])
    done = run("-c", f"{script}import django_fargate.dbinit, django_fargate.logs")
    assert done.returncode == 0, done.stderr


def test_every_model_has_its_migration_and_the_tables_keep_their_names(db):
    from django.core.management import call_command

    from django_fargate.background.models import Done, Tally

    call_command("makemigrations", check=True, dry_run=True)
    assert Done._meta.db_table == "background_done"
    assert Tally._meta.db_table == "background_tally"
