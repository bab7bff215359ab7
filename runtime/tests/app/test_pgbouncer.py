"""How PgBouncer starts in its own image, where there is neither Django nor this package."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import django_fargate

START = Path(django_fargate.__file__).resolve().parent / "pgbouncer" / "start.py"

VARIABLES = {
    "DB_HOST": "db.example.com",
    "DB_PORT": "5432",
    "DB_NAME": "app",
    "DB_USER": "app_role",
    "DB_PASSWORD": "p@ss\"w'rd %",
}
PGBOUNCER = """
import json, os, sys
ini = open(sys.argv[1]).read()
(auth_file,) = [line.split(" = ")[1] for line in ini.splitlines() if line.startswith("auth_file")]
users = open(auth_file).read()
print(json.dumps({"arguments": sys.argv[1:], "env": dict(os.environ), "ini": ini, "users": users}))
"""
OPENSSL = """
import sys
from pathlib import Path
for option in ("-keyout", "-out"):
    Path(sys.argv[sys.argv.index(option) + 1]).write_text(option)
"""


@pytest.fixture
def start(tmp_path):
    """Run start.py with a /tmp of its own; programs of ours stand in for PgBouncer and openssl."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, code in (("pgbouncer", PGBOUNCER), ("openssl", OPENSSL)):
        (programs / name).write_text(f"#!{sys.executable}\n{code}")
        (programs / name).chmod(0o755)
    temporary = tmp_path / "tmp"
    temporary.mkdir()

    def start(**changes):
        env = {**VARIABLES, **changes, "TMPDIR": str(temporary), "PATH": str(programs)}
        env = {name: value for name, value in env.items() if value is not None}
        # Without any installed package, and from no folder: in PgBouncer's image it is alone.
        command = [sys.executable, "-I", "-S", str(START)]
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)

    start.folder = temporary
    start.programs = programs
    return start


linux_only = pytest.mark.skipif(
    not hasattr(os, "memfd_create"), reason="the container's Linux has memfd_create"
)


@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize("name", VARIABLES)
def test_a_missing_variable_stops_it_with_one_line(start, name, value):
    process = start(**{name: value})
    assert process.returncode == 1
    assert process.stderr == f"pgbouncer: not set: {name}\n"
    assert not list(start.folder.iterdir())


def test_all_that_is_missing_is_named(start):
    process = start(DB_HOST=None, DB_PASSWORD=None)
    assert process.stderr == "pgbouncer: not set: DB_HOST, DB_PASSWORD\n"


def test_a_name_that_the_configuration_cannot_hold_stops_it_with_one_line(start):
    process = start(DB_NAME="my app")
    assert process.returncode == 1
    assert process.stderr == "pgbouncer: DB_NAME may hold letters, digits and . - _ only\n"


@linux_only
def test_it_becomes_pgbouncer_with_the_database_of_the_environment(start):
    process = start()
    assert process.returncode == 0, process.stderr
    started = json.loads(process.stdout)
    assert started["arguments"] == [str(start.folder / "pgbouncer.ini")]
    lines = started["ini"].splitlines()
    assert lines[:3] == [
        "[databases]",
        "app = host='db.example.com' port='5432' dbname='app'",
        f"%include {START.parent / 'pgbouncer.ini'}",
    ]
    # A section that is opened again forgets what it held.
    assert "[pgbouncer]" not in lines
    # What the file says of TLS to the database stands, unless it is told otherwise.
    assert "server_tls_sslmode" not in started["ini"]


@linux_only
def test_the_password_is_in_no_file_and_not_in_its_environment(start):
    started = json.loads(start().stdout)
    assert started["users"] == '"app_role" "p@ss""w\'rd %"\n'
    assert "DB_PASSWORD" not in started["env"]
    assert started["env"]["DB_USER"] == "app_role"
    files = sorted(start.folder.iterdir())
    assert [file.name for file in files] == ["pgbouncer.crt", "pgbouncer.ini", "pgbouncer.key"]
    for file in files:
        assert "w'rd" not in file.read_text()
        assert file.stat().st_mode & 0o077 == 0


@linux_only
def test_compose_may_ask_for_a_database_without_tls(start):
    started = json.loads(start(DB_SSLMODE="disable").stdout)
    assert started["ini"].splitlines()[-1] == "server_tls_sslmode = disable"


@linux_only
def test_without_a_certificate_it_does_not_start(start):
    (start.programs / "openssl").write_text(f"#!{sys.executable}\nraise SystemExit('no\\nentropy')")
    process = start()
    assert process.returncode == 1
    assert process.stderr == "pgbouncer: no certificate: no entropy\n"
