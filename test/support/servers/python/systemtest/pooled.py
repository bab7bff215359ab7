"""What clients of PgBouncer meet: python -m systemtest.pooled, in the environment of a web task.

    python -m systemtest.pooled NAME ...      runs the named functions; prints their results as JSON
    python -m systemtest.pooled hold COUNT    leaves so many transactions open until its input ends,
                                              and prints what one more client meets

An idle PgBouncer lends the server connection that came back last, so a client that asks alone gets
the same one again and again. interruption() is somebody else who takes it in between.
"""

import json
import sys
import time
from contextlib import contextmanager

import django

django.setup()

import psycopg
from django.db import Error, connection, transaction

from .models import Item

ITEMS = 100


def client(**changes):
    """A connection of psycopg with the parameters of Django's own."""
    parameters = connection.get_connection_params()
    for name in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(name, None)
    return psycopg.connect(**{**parameters, **changes}, autocommit=True)


def ask(one, sql):
    return one.execute(sql).fetchone()[0]


@contextmanager
def interruption():
    """While another client's transaction has the server connection that was used last."""
    with client() as other, other.transaction():
        other.execute("SELECT 1")
        yield other


def iterate():
    rows = Item.objects.order_by("pk").iterator(chunk_size=10)
    names = [next(rows).name]
    with interruption():
        names += [row.name for row in rows]
    return len(set(names))


def iterate_with_cursor():
    """The control: Django's own setting."""
    connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = False
    return iterate()


def iterate_with_cursor_in_transaction():
    connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = False
    with transaction.atomic():
        return iterate()


def set_session():
    with client() as one, client() as next_one:
        before = ask(one, "SHOW lock_timeout")
        one.execute("SET lock_timeout = '1234ms'")
        leaked = ask(next_one, "SHOW lock_timeout")
        with interruption():
            kept = ask(one, "SHOW lock_timeout")
        next_one.execute("RESET lock_timeout")
    return {"before": before, "next client": leaked, "same client later": kept}


def set_local():
    with client() as one, client() as next_one:
        with one.transaction():
            one.execute("SET LOCAL lock_timeout = '1234ms'")
            inside = ask(one, "SHOW lock_timeout")
        return {"inside": inside, "after": ask(next_one, "SHOW lock_timeout")}


def advisory_session():
    """Two clients that both hold the same exclusive lock, and one that cannot give it back."""
    with client() as one:
        one.execute("SELECT pg_advisory_lock(1)")
        with interruption() as other:
            second = ask(other, "SELECT pg_try_advisory_lock(1)")
            released = ask(one, "SELECT pg_advisory_unlock(1)")
            other.execute("SELECT pg_advisory_unlock_all()")
    return {"second client got it, too": second, "first gave it back": released}


def advisory_transaction():
    with client() as one, one.transaction():
        one.execute("SELECT pg_advisory_xact_lock(1)")
        with client() as other, other.transaction():
            return ask(other, "SELECT pg_try_advisory_xact_lock(1)")


def listen():
    """How many of one notification arrive."""
    with client() as one, client() as other:
        one.execute("LISTEN news")
        other.execute("NOTIFY news")
        count = len(list(one.notifies(timeout=1, stop_after=1)))
        one.execute("UNLISTEN *")
    return count


def temporary_table():
    with client() as one:
        one.execute("CREATE TEMPORARY TABLE kept (id int)")
        with interruption() as other:
            try:
                return ask(one, "SELECT count(*) FROM kept")
            finally:
                other.execute("DROP TABLE kept")


def prepare_in_protocol():
    """On how many server connections one statement ran, and how many of them had it prepared."""
    with client(prepare_threshold=0) as one:
        statement = "SELECT pg_backend_pid(), %s::int"
        prepared = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s"
        pids, counts = set(), []
        with one.transaction():
            pids.add(one.execute(statement, [1]).fetchone()[0])
            counts.append(one.execute(prepared, ["SELECT pg_backend%"]).fetchone()[0])
        with interruption(), one.transaction():
            pids.add(one.execute(statement, [2]).fetchone()[0])
            counts.append(one.execute(prepared, ["SELECT pg_backend%"]).fetchone()[0])
    return {"servers": len(pids), "prepared": counts}


def prepare_in_sql():
    with client() as one:
        one.execute("PREPARE answer AS SELECT 42")
        with interruption() as other:
            try:
                return ask(one, "EXECUTE answer")
            finally:
                other.execute("DEALLOCATE ALL")


def limits():
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"current_setting('{name}')" for name in names))
        return dict(zip(names, cursor.fetchone(), strict=True))


def slow_query():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(60)")


def startup_options():
    """What the settings would send without DB_POOLED."""
    with client(options="-c statement_timeout=1000"):
        return "accepted"


def console():
    """PgBouncer's own console."""
    with client(dbname="pgbouncer"):
        return "let in"


def scram():
    with client(require_auth="scram-sha-256"):
        return "SCRAM"


def wrong_password():
    with client(password="wrong"):
        return "let in"


def master():
    """A role that the database knows, with its password."""
    with client(user="master_user", password="for-the-tests"):
        return "let in"


def without_tls():
    with client(sslmode="disable"):
        return "in plain text"


def ask_once():
    with client() as one:
        return ask(one, "SELECT 'answered'")


def hold(count):
    """Leave transactions open, tell what another client meets meanwhile, and wait."""
    holders = [client() for _ in range(int(count))]
    for one in holders:
        one.execute("BEGIN")
        one.execute("SELECT 1")
    print("held", flush=True)
    print(json.dumps(outcome(ask_once)), flush=True)
    sys.stdin.read()


def outcome(function):
    started = time.monotonic()
    try:
        result = function()
    except (Error, psycopg.Error) as error:
        result = f"{type(error).__name__}: {' '.join(str(error).split())}"
    connection.close()
    connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = SERVER_SIDE_CURSORS
    return {"result": result, "seconds": time.monotonic() - started}


SERVER_SIDE_CURSORS = connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]

if __name__ == "__main__":
    if sys.argv[1] == "hold":
        hold(sys.argv[2])
    else:
        print(json.dumps({name: outcome(globals()[name]) for name in sys.argv[1:]}))
