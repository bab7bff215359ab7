"""Lints every case of cases.py in an emitted repository; prints what did not come out as it says.

lint.py REPOSITORY FOLDER     lint; FOLDER takes the apps
lint.py REPOSITORY FOLDER SOCKET PORT     compare the SQL with Django's on that PostgreSQL

With CASES_WITHOUT, the case of that name is left out, so that a test of this test can fail.
"""

import contextlib
import inspect
import io
import os
import re
import sys
from pathlib import Path

import django
from cases import CASES, FIRST, SECOND
from django.conf import settings
from django.core.management import CommandError, call_command

REPOSITORY, FOLDER, *SERVER = sys.argv[1:]
CASES.pop(os.environ.get("CASES_WITHOUT"), None)


def write_apps():
    for label, case in CASES.items():
        folder = Path(FOLDER, label, "migrations")
        folder.mkdir(parents=True, exist_ok=True)
        for package in (folder, folder.parent):
            (package / "__init__.py").touch()
        words = {
            "FIRST": case.first,
            "SECOND": case.second,
            "ATOMIC": str(case.atomic),
        }
        for name, source in {"0001_initial": FIRST, "0002_next": SECOND}.items():
            text = re.sub(r"\b(?:FIRST|SECOND|ATOMIC)\b", lambda m: words[m[0]], source)
            (folder / f"{name}.py").write_text(text.replace("LABEL", label))


def configure(databases):
    sys.path[:0] = [REPOSITORY, FOLDER]
    settings.configure(
        BASE_DIR=Path(FOLDER),
        DATABASES=databases,
        INSTALLED_APPS=["django_fargate", *CASES],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()


def untested():
    """Return the operations of this Django that no case has."""
    from django.contrib.postgres import operations as postgres
    from django.db.migrations import operations
    from django.db.migrations.operations.base import Operation

    known = [getattr(operations, name) for name in operations.__all__]
    for _, one in inspect.getmembers(postgres, inspect.isclass):
        if one.__module__ == postgres.__name__ and issubclass(one, Operation):
            known.append(one)
    # It is there to be derived from, and does nothing by itself.
    known.remove(postgres.CollationOperation)
    sources = " ".join(f"{case.first} {case.second}" for case in CASES.values())
    return [one.__name__ for one in known if not re.search(rf"\b{one.__name__}\(", sources)]


def lint():
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.suppress(CommandError):
        call_command("lint_migrations")
    heads = r"^\((\w+), (\w+)\)\.\.\. (\w+)\n"
    parts = re.split(heads, output.getvalue(), flags=re.MULTILINE)[1:]
    found = {}
    for label, name, verdict, text in zip(*[iter(parts)] * 4, strict=True):
        if name == "0002_next":
            found[label] = verdict, text
        elif verdict != "OK":
            print(f"{label}: {name}: {verdict} {text}")
    for label, case in CASES.items():
        verdict, text = found.get(label, ("nothing", ""))
        lines = [line for line in text.splitlines() if line.startswith("\t")]
        if verdict != case.verdict or not any(case.says in line for line in lines or [""]):
            print(f"{label}: {verdict} {lines}; expected {case.verdict} {case.says!r}")
        if verdict == "OK" and lines:
            print(f"{label}: OK, and yet {lines}")


def compare():
    """Compare with what sqlmigrate writes at a real database, in the linter's spelling."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor
    from django.db.migrations.loader import MigrationLoader
    from django_fargate.postgresql.offline import collect as collecting

    MigrationExecutor(connections["real"]).migrate([(label, "0001_initial") for label in CASES])
    loader = MigrationLoader(connections["default"], replace_migrations=False)
    for label, case in CASES.items():
        if not case.names:
            continue
        migration = loader.disk_migrations[label, "0002_next"]
        parts = collecting.collect(connections["default"], loader, migration)
        ours = [sql.replace(" WIDENED TO ", " TYPE ") for part in parts for sql in part.statements]
        real = call_command(
            "sqlmigrate", label, "0002", database="real", no_color=True, stdout=io.StringIO()
        )
        theirs = collecting.statements_in([real])
        theirs = [sql for sql in theirs if sql not in ("BEGIN", "COMMIT")]
        if ours != theirs:
            print(f"{label}:\n  ours   {ours}\n  theirs {theirs}")


write_apps()
offline = {
    "ENGINE": "django_fargate.postgresql.offline",
    "NAME": "none",
    "POSTGRES_MAJOR": 17,
}
if SERVER:
    socket, port = SERVER
    real = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "shop",
        "USER": "postgres",
        "HOST": socket,
        "PORT": port,
    }
    configure({"default": offline, "real": real})
    compare()
else:
    configure({"default": offline})
    for name in untested():
        print(f"{name}: no case has it")
    lint()
