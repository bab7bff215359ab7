"""The database role is made, and made again, by one command. The server is made up."""

from types import SimpleNamespace

import psycopg
import pytest

from django_fargate import dbinit

ENVIRONMENT = {
    "DB_HOST": "db.example.com",
    "DB_NAME": "site",
    "DB_USER": "site_app",
    "DB_PASSWORD": "p'w",
    "MASTER_USER": "postgres",
    "MASTER_PASSWORD": "master",
}


class Server:
    """Notes what it is sent. `answers` are by the beginning of a statement."""

    def __init__(self, version=170000, **answers):
        self.info = SimpleNamespace(server_version=version, dbname="site")
        self.pgconn = SimpleNamespace(encrypt_password=lambda *words: b"SCRAM-SHA-256$4096:x")
        self.answers = answers
        self.sent = []

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def execute(self, statement, parameters=None):
        text = statement if isinstance(statement, str) else statement.as_string(None)
        self.sent.append(text)
        row = next((value for start, value in self.answers.items() if start in text), (True,))
        return SimpleNamespace(fetchone=lambda: row)

    def changes(self):
        looks = ("SELECT", "SHOW", "CREATE TEMPORARY")
        return [text for text in self.sent if not text.startswith(looks)]


@pytest.fixture
def run(monkeypatch):
    def run(**more):
        servers = {"postgres": Server(**more), "site_app": Server(SHOW=("120",))}
        monkeypatch.setattr(dbinit, "connect", lambda env, user, password: servers[user])
        lines = []
        dbinit.initialise(ENVIRONMENT, lines.append)
        return servers["postgres"].changes(), lines

    return run


def test_a_new_role_is_made_and_owns_the_database(run):
    changes, lines = run(pg_roles=None, pg_database=("postgres",))
    assert changes == [
        "CREATE ROLE \"site_app\" LOGIN PASSWORD 'SCRAM-SHA-256$4096:x'",
        'GRANT "site_app" TO CURRENT_USER WITH SET TRUE',
        'ALTER DATABASE "site" OWNER TO "site_app"',
    ]
    assert lines[-1] == "site_app connects and may create tables; max_connections is 120"


def test_before_postgresql_16_membership_is_enough(run):
    changes, _ = run(version=150000, pg_roles=None, pg_database=("postgres",))
    assert 'GRANT "site_app" TO CURRENT_USER' in changes


def test_the_second_time_only_the_password_is_set(run):
    changes, _ = run(pg_roles=(1,), pg_database=("site_app",))
    assert changes == ["ALTER ROLE \"site_app\" LOGIN PASSWORD 'SCRAM-SHA-256$4096:x'"]


def test_the_master_makes_the_extensions_that_are_named(run, monkeypatch):
    assert not [text for text in run(pg_roles=(1,))[0] if "EXTENSION" in text]
    monkeypatch.setitem(ENVIRONMENT, "DB_EXTENSIONS", "postgis, pg-x")
    changes, lines = run(pg_roles=(1,), pg_database=("site_app",))
    assert changes[-2:] == [
        'CREATE EXTENSION IF NOT EXISTS "postgis"',
        'CREATE EXTENSION IF NOT EXISTS "pg-x"',
    ]
    assert "extensions: postgis, pg-x" in lines


def test_it_never_sends_a_password_in_clear(run):
    changes, lines = run(pg_roles=None, pg_database=("postgres",))
    assert not [text for text in [*changes, *lines] if "p'w" in text]


@pytest.mark.parametrize("name", dbinit.NEEDED)
def test_a_missing_variable_is_named(name):
    with pytest.raises(SystemExit, match=f"^dbinit: not set: {name}$"):
        dbinit.main({**ENVIRONMENT, name: ""})


def test_the_service_does_not_get_the_masters_role():
    with pytest.raises(SystemExit, match="a role of its own"):
        dbinit.main({**ENVIRONMENT, "DB_USER": "postgres"})


def test_an_error_of_the_server_is_one_line(monkeypatch):
    def connect(env, user, password):
        raise psycopg.OperationalError("connection failed:\n  no route")

    monkeypatch.setattr(dbinit, "connect", connect)
    with pytest.raises(SystemExit, match="^dbinit: connection failed: no route$"):
        dbinit.main(ENVIRONMENT)
