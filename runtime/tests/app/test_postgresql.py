"""The engine, without a server: only the call that would open a connection is replaced."""

import socket
import threading
from types import SimpleNamespace
from unittest import mock

import psycopg
import pytest
from django.db import OperationalError

from django_fargate.breaker import PAUSE_SECONDS, Breaker
from django_fargate.postgresql import base


class Away(Exception):
    pass


@pytest.fixture
def clock():
    class Clock:
        now = 100.0

        def __call__(self):
            return self.now

    return Clock()


@pytest.fixture
def breaker(clock):
    return Breaker(clock)


def away():
    raise Away("timeout")


def unexpected():
    raise AssertionError("this must not be tried")


def test_what_works_is_not_touched(breaker):
    assert [breaker.call(lambda: "connection", Away) for _ in range(3)] == ["connection"] * 3


def test_after_a_failure_nobody_tries_for_a_while(breaker, clock):
    with pytest.raises(Away, match="timeout"):
        breaker.call(away, Away)
    clock.now += PAUSE_SECONDS - 0.1
    with pytest.raises(Away, match="last attempt failed"):
        breaker.call(unexpected, Away)
    clock.now += 0.2
    with pytest.raises(Away, match="timeout"):
        breaker.call(away, Away)
    with pytest.raises(Away, match="last attempt failed"):
        breaker.call(unexpected, Away)


def test_a_success_ends_it_at_once(breaker, clock):
    with pytest.raises(Away):
        breaker.call(away, Away)
    clock.now += PAUSE_SECONDS
    assert breaker.call(lambda: "connection", Away) == "connection"
    assert breaker.call(lambda: "connection", Away) == "connection"


def test_one_thread_tries_while_the_others_fail_at_once(breaker, clock):
    with pytest.raises(Away):
        breaker.call(away, Away)
    clock.now += PAUSE_SECONDS
    trying, let_go = threading.Event(), threading.Event()
    connections = []

    def connect_slowly():
        trying.set()
        assert let_go.wait(10)
        return "connection"

    thread = threading.Thread(
        target=lambda: connections.append(breaker.call(connect_slowly, Away)),
    )
    thread.start()
    try:
        assert trying.wait(10)
        clock.now += 10 * PAUSE_SECONDS
        for _ in range(3):
            with pytest.raises(Away, match="last attempt failed"):
                breaker.call(unexpected, Away)
    finally:
        let_go.set()
        thread.join()
    assert connections == ["connection"]
    assert breaker.call(lambda: "another", Away) == "another"


def test_other_errors_neither_count_nor_block(breaker, clock):
    with pytest.raises(Away):
        breaker.call(away, Away)
    clock.now += PAUSE_SECONDS
    with pytest.raises(AssertionError):
        breaker.call(unexpected, Away)
    # Whoever comes next may try.
    assert breaker.call(lambda: "connection", Away) == "connection"


def test_a_failure_that_began_before_the_last_success_is_old_news(breaker, clock):
    started, let_go = threading.Event(), threading.Event()

    def fail_late():
        started.set()
        assert let_go.wait(10)
        raise Away

    def call():
        with pytest.raises(Away):
            breaker.call(fail_late, Away)

    thread = threading.Thread(target=call)
    thread.start()
    try:
        assert started.wait(10)
        clock.now += 1
        breaker.call(lambda: "connection", Away)
    finally:
        let_go.set()
        thread.join()
    assert breaker.call(lambda: "connection", Away) == "connection"


def connect_to(alias, **more):
    """Connect as Django does for the first query of a thread."""
    settings = {"NAME": "app", "USER": "app", "PASSWORD": "", "HOST": "db", "PORT": ""}
    settings |= {"OPTIONS": {}, "TIME_ZONE": None, "AUTOCOMMIT": True}
    settings |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True, **more}
    wrapper = base.DatabaseWrapper(settings, alias)
    with wrapper.wrap_database_errors:
        wrapper.connect()


def test_the_engine_asks_the_breaker_of_its_alias(monkeypatch):
    monkeypatch.setattr(base, "breakers", {})
    refused = psycopg.OperationalError("connection refused")
    with mock.patch("psycopg.connect", side_effect=refused) as connect:
        # Each thread has a wrapper of its own; what one learns about the database, all know.
        for _ in range(3):
            with pytest.raises(OperationalError):
                connect_to("default")
        assert connect.call_count == 1
        with pytest.raises(OperationalError):
            connect_to("reports")
        assert connect.call_count == 2


# As production.py sets it where DB_POOLED is 1.
POOLED = {"DISABLE_SERVER_SIDE_CURSORS": True}
SILENCE = [{"return_value": False}, {"side_effect": psycopg.OperationalError("closed")}]


@pytest.mark.parametrize("silence", SILENCE)
def test_a_connect_fails_when_nobody_answers_behind_pgbouncer(monkeypatch, silence):
    monkeypatch.setattr(base, "breakers", {})
    monkeypatch.setattr(base, "answers", mock.Mock(**silence))
    with mock.patch("psycopg.connect") as connect:
        for _ in range(3):
            with pytest.raises(OperationalError):
                connect_to("default", **POOLED)
    # The breaker counts it: the others did not try.
    assert connect.call_count == 1
    connect.return_value.close.assert_called_once()


def test_a_connect_succeeds_when_the_database_answers(monkeypatch):
    monkeypatch.setattr(base, "breakers", {})
    monkeypatch.setattr(base, "answers", mock.Mock(return_value=True))
    wrapper = base.DatabaseWrapper({"OPTIONS": {}, **POOLED}, "default")
    with mock.patch("psycopg.connect") as connect:
        assert wrapper.get_new_connection({}) is connect.return_value
    connect.return_value.close.assert_not_called()


def test_a_direct_connection_is_not_asked_first(monkeypatch):
    monkeypatch.setattr(base, "breakers", {})
    monkeypatch.setattr(base, "answers", mock.Mock(side_effect=AssertionError))
    wrapper = base.DatabaseWrapper({"OPTIONS": {}}, "default")
    with mock.patch("psycopg.connect") as connect:
        assert wrapper.get_new_connection({}) is connect.return_value


class Server:
    """What libpq shows of a connection: the socket, and results once something was received."""

    def __init__(self, *error_messages):
        self.results = [SimpleNamespace(error_message=message) for message in error_messages]
        self.client, self.server = socket.socketpair()
        self.socket = self.client.fileno()
        self.received = False

    def send_query(self, query):
        self.query = query

    def flush(self):
        pass

    def is_busy(self):
        return not self.received

    def consume_input(self):
        self.received = bool(self.client.recv(1))

    def get_result(self):
        return self.results.pop(0) if self.results else None


def test_a_server_that_answers_is_usable():
    server = Server(b"")
    server.server.send(b"1")
    assert base.answers(server, seconds=10) is True
    assert server.query == b"SELECT 1"


def test_a_server_that_answers_with_an_error_is_not():
    server = Server(b"current transaction is aborted")
    server.server.send(b"1")
    assert base.answers(server, seconds=10) is False


def test_a_server_that_hangs_is_given_up():
    assert base.answers(Server(b""), seconds=0.05) is False


def test_a_connection_that_broke_is_not_usable():
    wrapper = base.DatabaseWrapper({"OPTIONS": {}}, "default")
    assert wrapper.is_usable() is False
    wrapper.connection = mock.Mock()
    wrapper.connection.pgconn.send_query.side_effect = psycopg.OperationalError
    assert wrapper.is_usable() is False
