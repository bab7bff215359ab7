"""Lints every case of cases.py in an emitted repository; prints what did not come out as it says.

lint.py REPOSITORY FOLDER     lint; FOLDER takes the apps
lint.py REPOSITORY FOLDER SOCKET PORT     the same on that PostgreSQL; compare the SQL of both

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
        expected, says = (SERVER and case.server) or (case.verdict, case.says)
        verdict, text = found.get(label, ("nothing", ""))
        lines = [line for line in text.splitlines() if line.startswith("\t")]
        if verdict != expected or not any(says in line for line in lines or [""]):
            print(f"{label}: {verdict} {lines}; expected {expected} {says!r}")
        if verdict == "OK" and lines:
            print(f"{label}: OK, and yet {lines}")


def compare():
    """Compare what the server was sent with what is written down without one."""
    from django.db import connections
    from django.db.migrations.loader import MigrationLoader
    from django_fargate.linting import server
    from django_fargate.management.commands import lint_migrations
    from django_fargate.postgresql.offline.base import offline
    from django_fargate.postgresql.offline.collect import collect

    with server.database_of_its_own(connections["default"]):
        applied = server.apply_all(connections["default"])
    lint_migrations.Command.applied = lambda command: applied
    loader = MigrationLoader(None, replace_migrations=False)
    for label, case in CASES.items():
        if not case.names or case.server:
            continue
        key = label, "0002_next"
        parts = collect(offline(connections["default"]), loader, loader.disk_migrations[key])
        ours, theirs = (
            [sql for part in some if not part.warns for sql in part.statements]
            for some in (parts, applied[key])
        )
        if ours != theirs:
            print(f"{label}:\n  written {ours}\n  sent    {theirs}")


write_apps()
OFFLINE = {
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
    configure({"default": real})
    compare()
else:
    configure({"default": OFFLINE})
    for name in untested():
        print(f"{name}: no case has it")
lint()
