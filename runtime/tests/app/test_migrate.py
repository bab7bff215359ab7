"""The migrate command on PostgreSQL. The server's answers are made up, the rest is real."""

from contextlib import contextmanager
from types import SimpleNamespace
from unittest import mock

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.commands import migrate as django_migrate
from django.db import OperationalError
from psycopg import errors

from django_fargate.management.commands import migrate


def database_error(cause):
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error


LOCKED = database_error(errors.LockNotAvailable("lock timeout"))
CANCELED = database_error(errors.QueryCanceled("statement timeout"))


@pytest.fixture
def pauses(monkeypatch):
    pauses = []
    monkeypatch.setattr(migrate.time, "sleep", pauses.append)
    return pauses


@pytest.fixture
def handle(monkeypatch, pauses):
    """Django's own migrate, replaced; the connection says that it is PostgreSQL."""

    @contextmanager
    def execute_wrapper(wrapper):
        yield

    connection = SimpleNamespace(vendor="postgresql", execute_wrapper=execute_wrapper)
    monkeypatch.setattr(migrate, "connections", {"default": connection})
    with mock.patch.object(django_migrate.Command, "handle") as handle:
        yield handle


@pytest.fixture
def server(handle, monkeypatch):
    """Set how many connections the server takes, and how many are planned."""

    def server(live, planned):
        cursor = mock.MagicMock()
        cursor.__enter__.return_value.fetchone.return_value = (str(live),)
        connection = migrate.connections["default"]
        monkeypatch.setattr(connection, "cursor", lambda: cursor, raising=False)
        monkeypatch.setenv("DB_PLANNED_CONNECTIONS", planned)
        return cursor.__enter__.return_value

    return server


def run(command=None):
    return (command or migrate.Command()).handle(database="default")


def statement(sql, answers, in_atomic_block=False):
    """Run one statement; return what went to the server. `answers` are results and errors."""
    sent, answers = [], list(answers)

    def execute(sql, params, many, context):
        sent.append(sql)
        if sql.startswith(("SET ", "RESET ")):
            return None
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    context = {"connection": SimpleNamespace(in_atomic_block=in_atomic_block)}
    try:
        migrate.Command().execute_statement(execute, sql, None, False, context)
    except OperationalError as error:
        sent.append(error)
    return sent


@pytest.mark.django_db
def test_the_command_is_found_and_works_as_before_on_sqlite(capsys):
    call_command("migrate", "--check")
    call_command("migrate", "--plan")
    assert "No planned migration operations." in capsys.readouterr().out


@pytest.mark.parametrize("live", [120, 121])
def test_a_database_that_holds_the_plan_is_migrated(handle, server, live):
    cursor = server(live, "120")
    handle.return_value = "done"
    assert run() == "done"
    cursor.execute.assert_called_once_with("SHOW max_connections")


@pytest.mark.parametrize(
    ("live", "planned", "message"),
    [(119, "120", "max_connections is 119, and this release may need 120"), (500, "many", "whole")],
)
def test_a_database_that_does_not_is_left_alone(handle, server, live, planned, message):
    server(live, planned)
    with pytest.raises(CommandError, match=message):
        run()
    handle.assert_not_called()


@pytest.fixture
def role(handle, monkeypatch):
    """Set the limits that the role has and is to have; return what is asked of the server."""

    def role(has, **wanted):
        cursor = mock.MagicMock()
        cursor.__enter__.return_value.fetchone.return_value = (has,)
        connection = migrate.connections["default"]
        monkeypatch.setattr(connection, "cursor", lambda: cursor, raising=False)
        for name in migrate.ROLE_LIMITS.values():
            monkeypatch.delenv(name, raising=False)
        for name, value in wanted.items():
            monkeypatch.setenv(f"DB_ROLE_{name}", value)
        return cursor.__enter__.return_value.execute

    return role


WANTED = {
    "STATEMENT_TIMEOUT_MS": "30000",
    "LOCK_TIMEOUT_MS": "10000",
    "IDLE_IN_TRANSACTION_TIMEOUT_MS": "0",
}
SETTINGS = ["idle_in_transaction_session_timeout=0", "lock_timeout=10000"]
SETTINGS = [*SETTINGS, "statement_timeout=30000"]


@pytest.mark.parametrize(
    ("has", "changed"),
    [
        (None, SETTINGS),
        (["work_mem=8MB"], SETTINGS),
        (["statement_timeout=30000", "lock_timeout=9000"], SETTINGS[:2]),
    ],
)
def test_the_role_gets_the_limits_that_it_has_not_yet(role, handle, capsys, has, changed):
    execute = role(has, **WANTED)
    handle.side_effect = lambda **options: execute("migrations")
    run()
    asked, *statements = [call.args[0] for call in execute.call_args_list]
    assert "current_user" in asked
    # Before the migrations, so that the tasks of the release find them.
    assert statements == [*(f"ALTER ROLE CURRENT_USER SET {one}" for one in changed), "migrations"]
    assert capsys.readouterr().out == f"Limits of the role: {', '.join(changed)}\n"


def test_the_limits_are_set_once(role, capsys):
    execute = role([*SETTINGS, "work_mem=8MB"], **WANTED)
    run()
    assert execute.call_count == 1
    assert not capsys.readouterr().out


def test_without_limits_the_role_is_left_alone(role):
    execute = role(None)
    run()
    execute.assert_not_called()


@pytest.mark.parametrize("option", ["plan", "check_unapplied"])
def test_who_only_looks_changes_no_limit(role, option):
    execute = role(None, **WANTED)
    migrate.Command().handle(database="default", **{option: True})
    execute.assert_not_called()


def test_a_limit_that_is_no_number_stops_the_release(role, handle):
    execute = role(None, LOCK_TIMEOUT_MS="10s; --")
    with pytest.raises(CommandError, match="^DB_ROLE_LOCK_TIMEOUT_MS must be a whole number, not"):
        run()
    execute.assert_not_called()
    handle.assert_not_called()


def test_a_lock_is_tried_for_again(handle, pauses):
    handle.side_effect = [LOCKED, "done"]
    assert run() == "done"
    assert len(pauses) == 1


def test_after_the_last_attempt_it_fails(handle, pauses):
    handle.side_effect = [LOCKED] * settings.MIGRATION_ATTEMPTS
    with pytest.raises(CommandError, match="could not get a lock"):
        run()
    assert len(pauses) == settings.MIGRATION_ATTEMPTS - 1


def test_other_errors_are_not_tried_again(handle, pauses):
    handle.side_effect = [CANCELED]
    with pytest.raises(OperationalError):
        run()
    assert not pauses


def test_a_migration_that_may_be_half_done_is_not_started_anew(handle, pauses):
    command = migrate.Command()

    def fail_halfway(**options):
        migration = SimpleNamespace(atomic=False)
        command.migration_progress_callback("apply_start", migration)
        raise LOCKED

    command.verbosity = 0
    handle.side_effect = fail_halfway
    with pytest.raises(CommandError):
        run(command)
    assert handle.call_count == 1


def test_in_a_transaction_a_statement_is_not_tried_again(pauses):
    assert statement("ALTER TABLE t", [LOCKED], in_atomic_block=True) == ["ALTER TABLE t", LOCKED]
    assert not pauses


def test_outside_a_transaction_each_statement_is_tried_again(pauses):
    assert statement("ALTER TABLE t", [LOCKED, None]) == ["ALTER TABLE t"] * 2
    assert len(pauses) == 1
    refused = statement("ALTER TABLE t", [LOCKED] * settings.MIGRATION_ATTEMPTS)
    assert refused == ["ALTER TABLE t"] * settings.MIGRATION_ATTEMPTS + [LOCKED]
    assert statement("ALTER TABLE t", [CANCELED]) == ["ALTER TABLE t", CANCELED]


@pytest.mark.parametrize(
    "sql",
    [
        'CREATE INDEX CONCURRENTLY "i" ON "t" ("c")',
        "create unique index concurrently i on t (c)",
        "DROP INDEX CONCURRENTLY IF EXISTS i",
        "REINDEX TABLE CONCURRENTLY t",
        "REINDEX (VERBOSE, CONCURRENTLY) INDEX i",
    ],
)
@pytest.mark.parametrize("answer", [None, CANCELED])
def test_an_index_is_built_concurrently_without_limits(pauses, sql, answer):
    sent = statement(sql, [answer])
    assert sent[:3] == ["SET lock_timeout = 0", "SET statement_timeout = 0", sql]
    assert sent[3:5] == ["RESET lock_timeout", "RESET statement_timeout"]
    assert sent[5:] == ([] if answer is None else [CANCELED])


@pytest.mark.parametrize(
    "sql",
    ["CREATE INDEX i ON t (c)", "REFRESH MATERIALIZED VIEW CONCURRENTLY v"],
)
def test_what_blocks_others_keeps_its_limits(sql):
    assert statement(sql, [None]) == [sql]
