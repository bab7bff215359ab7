"""Tasks, and what the worker does beside them. No broker is needed."""

import json
import logging
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from celery import Celery, current_app, signals
from django.conf import settings

from django_fargate.background.models import Tally
from django_fargate.background.once import once
from django_fargate.celery import heartbeat, logs, metrics, shutdown
from django_fargate.celery.protection import Protector
from django_fargate.celery.setup import note_time, set_up
from django_fargate.logs import JsonFormatter


@pytest.fixture(scope="module")
def application():
    """Return an application with the parts of this package, as a worker of it has them."""
    app = Celery("example", broker="memory://", set_as_current=True)
    set_up(app)
    app.loader.import_default_modules()
    return app


@pytest.fixture
def add_up(application):
    @application.task(name="add_up")
    def add_up(amount):
        return amount

    yield add_up
    application.tasks.pop("add_up")


@pytest.fixture
def lines():
    """Return what is logged, as the lines of JSON that CloudWatch gets."""
    found = []

    class Handler(logging.Handler):
        def emit(self, record):
            found.append(json.loads(self.format(record)))

    handler = Handler()
    handler.setFormatter(JsonFormatter())
    handler.addFilter(logs.TaskFilter())
    logger = logging.getLogger("django_fargate")
    logger.addHandler(handler)
    level = logger.level
    logger.setLevel(logging.INFO)
    yield found
    logger.setLevel(level)
    logger.removeHandler(handler)


@pytest.mark.django_db(transaction=True)
def test_work_that_fails_leaves_no_mark():
    with pytest.raises(ValueError, match="no"), once("key"):
        Tally.objects.create(name="half")
        raise ValueError("no")
    assert not Tally.objects.exists()
    with once("key") as first:
        assert first
    with once("key") as first:
        assert not first


def test_every_end_of_a_task_is_one_line(add_up, lines):
    task = current_app.tasks[add_up.name]
    logs.start(task=task)
    logs.end(task=task, task_id="some-id", state="SUCCESS")
    for _ in range(2):
        logs.fail(sender=task, task_id="some-id", exception=ValueError("bad"))
    done, failed = lines
    assert done["event"] == "task-succeeded"
    assert failed["event"] == "task-failed"
    assert "bad" in failed["message"]
    assert all(line["task_id"] == "some-id" for line in lines)
    assert all(line["task_name"] == add_up.name for line in lines)


def test_a_line_in_a_task_names_it(application, lines):
    @application.task(name="speaks")
    def speaks():
        logging.getLogger("django_fargate.speaks").info("hello")

    speaks.apply(task_id="its-id")
    (line,) = [line for line in lines if line["message"] == "hello"]
    assert (line["task_name"], line["task_id"]) == ("speaks", "its-id")
    application.tasks.pop("speaks")


def test_a_message_says_when_it_was_sent():
    headers = {}
    note_time(headers=headers)
    first = dict(headers)
    assert first["sent_at"] > 0
    # A retry is sent anew, but the wait counts from the beginning.
    note_time(headers=headers)
    assert headers == first


def test_the_heartbeat_is_a_fresh_file(tmp_path, monkeypatch):
    monkeypatch.setattr(heartbeat, "FILE", tmp_path / "beat")
    heartbeat.beat()
    assert heartbeat.FILE.exists()


def test_only_a_warm_shutdown_is_bounded(monkeypatch):
    started = []

    class Timer:
        def __init__(self, seconds, function):
            self.call = (seconds, function)

        def start(self):
            started.append(self.call)

    monkeypatch.setattr(shutdown.threading, "Timer", Timer)
    shutdown.bound(how="Cold")
    assert started == []
    shutdown.bound(how="Warm")
    assert started == [(settings.WORKER_SHUTDOWN_SECONDS, shutdown.hand_back)]


@pytest.fixture
def began(application, monkeypatch, settings):
    """Return what a worker that begins calls, and how often in seconds; its heartbeat is a list."""
    beats = []
    monkeypatch.setattr(heartbeat, "beat", lambda: beats.append("beat"))

    def began(**changes):
        calls = []

        class Consumer:
            app = application

            class timer:
                @staticmethod
                def call_repeatedly(every, call):
                    calls.append((every, call))

        for name, value in changes.items():
            setattr(settings, name, value)
        signals.worker_ready.send(sender=Consumer())
        assert beats
        return {call.__qualname__: every for every, call in calls[1:]}, calls[0][0]

    return began


def test_a_worker_beats_and_does_the_rest_only_where_a_setting_asks_for_it(began):
    assert began() == ({}, settings.WORKER_HEARTBEAT_SECONDS)
    assert began(WORKER_PROTECTION_MINUTES=60)[0] == {"Protector.look": 1}
    both = {"Protector.look": 1, "Queue.measure": 60}
    assert began(WORKER_METRICS_NAMESPACE="shop")[0] == both


def test_the_queue_is_measured_in_a_line_for_cloudwatch(application, capsys):
    client = SimpleNamespace(
        llen=lambda name: 2, lindex=lambda name, index: b'{"headers": {"sent_at": 1}}'
    )

    class Application:
        conf = SimpleNamespace(task_default_queue="celery")

        @contextmanager
        def connection_for_read(self):
            yield SimpleNamespace(default_channel=SimpleNamespace(client=client))

    metrics.Queue(Application(), "shop").measure()
    line = json.loads(capsys.readouterr().out)
    assert line["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "shop"
    assert (line["Queue"], line["QueueDepth"]) == ("celery", 2)
    assert line["OldestSeconds"] > 1_000_000
    assert metrics.age_of(None) == metrics.age_of(b"{}") == 0


def test_a_message_that_is_sent_says_when(application):
    headers = {}
    signals.before_task_publish.send(sender="add_up", headers=headers)
    assert headers["sent_at"] > 0


@pytest.fixture
def protection(monkeypatch):
    """Return a protector on a clock of its own: what it told, and a way to let time pass."""
    now, told, active = [0], [], set()
    answers = iter(())
    monkeypatch.setattr("django_fargate.celery.protection.state.active_requests", active)
    protector = Protector(60, uri="http://127.0.0.1:1", clock=lambda: now[0])

    def call(protected):
        told.append((now[0], protected))
        return next(protector.answers, None)

    def until(second):
        while now[0] < second:
            now[0] += 1
            protector.look()

    protector.answers = answers
    monkeypatch.setattr(protector, "call", call)
    monkeypatch.setattr(protector, "start", protector.tell)
    return protector, told, active, until


def test_ecs_is_told_of_changes_only(protection):
    _, told, active, until = protection
    until(10)
    assert told == []
    active.add("a task")
    until(20)
    active.clear()
    # Between two tasks it is not idle.
    until(23)
    active.add("the next")
    until(2000)
    active.clear()
    until(2100)
    # Again before 60 min run out, and off 5 s after the last task.
    assert told == [(11, True), (1812, True), (2005, False)]


def test_what_ecs_refuses_is_asked_for_again(protection):
    protector, told, active, until = protection
    protector.answers = iter(["DEPLOYMENT_BLOCKED", None, "timed out"])
    active.add("a task")
    until(12)
    active.clear()
    until(40)
    assert told == [(1, True), (11, True), (17, False), (27, False)]


def test_an_agent_that_does_not_answer_does_no_harm(caplog):
    protector = Protector(60, uri="http://127.0.0.1:1")
    protector.tell(True)
    assert "was refused" in caplog.text
    assert not protector.protected
