"""Tasks, and what the worker does beside them. No broker is needed."""

import json
import logging
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from celery import Celery, chain, current_app, signals
from celery.exceptions import Retry
from django.conf import settings

from django_fargate import trace
from django_fargate.background.models import Tally
from django_fargate.background.once import once
from django_fargate.celery import heartbeat, logs, metrics, shutdown
from django_fargate.celery.countdown import WaitsTooLong
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


def test_a_task_has_the_trace_of_the_request_that_sent_it(application, lines):
    headers = {}
    trace.current.set("Root=1-of-the-request")
    signals.before_task_publish.send(sender="speaks", headers=headers)
    trace.current.set(None)

    @application.task(name="speaks")
    def speaks():
        logging.getLogger("django_fargate.speaks").info("hello")
        sent = {}
        signals.before_task_publish.send(sender="another", headers=sent)
        assert sent["trace"] == trace.current.get()

    speaks.apply(task_id="its-id", headers=headers)
    assert {line["trace"] for line in lines} == {"Root=1-of-the-request"}
    assert {line["task_id"] for line in lines} == {"its-id"}
    lines.clear()
    # As beat sends one.
    speaks.apply(task_id="another-id")
    assert {line["trace"] for line in lines} == {"another-id"}
    assert trace.current.get() is None
    # Where a request runs the task itself, it goes on after it.
    trace.current.set("Root=2")
    speaks.apply(task_id="third-id")
    assert trace.current.get() == "Root=2"
    trace.current.set(None)
    application.tasks.pop("speaks")


def test_a_task_that_was_ended_has_its_trace_too(add_up, lines):
    """The main process tells of it, where no task runs."""

    class Request(SimpleNamespace):
        __hash__ = object.__hash__

    request = Request(id="ended-id", request_dict={"trace": "Root=1-of-the-request"})
    signals.task_received.send(sender=None, request=request)
    logs.fail(sender=current_app.tasks[add_up.name], task_id="ended-id", exception=ValueError())
    assert [line["trace"] for line in lines] == ["Root=1-of-the-request"]


@pytest.fixture
def sent(application, settings, monkeypatch):
    """Yield the tasks that reach the broker, where a message may wait for 180 s."""
    found = []
    monkeypatch.setattr(
        application.amqp,
        "send_task_message",
        lambda producer, name, message, **_: found.append((name, message.headers["eta"])),
    )
    application.conf.task_time_limit = 600
    settings.VISIBILITY_TIMEOUT_SECONDS = 780
    yield found
    application.conf.task_time_limit = None


def later(seconds):
    return datetime.now(UTC) + timedelta(seconds=seconds)


WAYS_TO_SEND = {
    "countdown": lambda task, wait: task.apply_async((1,), countdown=wait),
    "eta": lambda task, wait: task.apply_async((1,), eta=later(wait)),
    "eta as text": lambda task, wait: task.apply_async((1,), eta=later(wait).isoformat()),
    "signature": lambda task, wait: task.s(1).set(countdown=wait).delay(),
    "chain": lambda task, wait: chain(task.s(1), task.s()).apply_async(countdown=wait),
    "name": lambda task, wait: task.app.send_task(task.name, (1,), countdown=wait),
}


@pytest.mark.parametrize("way", WAYS_TO_SEND)
def test_a_wait_beyond_the_visibility_timeout_is_refused(add_up, sent, way):
    send = WAYS_TO_SEND[way]
    send(add_up, 179)
    assert len(sent) == 1
    with pytest.raises(WaitsTooLong) as refused:
        send(add_up, 3600)
    assert len(sent) == 1
    assert str(refused.value).startswith(
        "add_up would wait 3600 s in the queue, and 180 s is the most: the visibility timeout"
        " (780 s) less the longest task (600 s)."
    )


def test_nothing_is_refused_without_a_wait(add_up, sent, settings):
    settings.VISIBILITY_TIMEOUT_SECONDS = 1
    add_up.delay(1)
    add_up.apply_async((1,), eta=later(-3600))
    assert len(sent) == 2


def test_without_a_visibility_timeout_nothing_is_refused(add_up, sent, settings):
    del settings.VISIBILITY_TIMEOUT_SECONDS
    add_up.apply_async((1,), countdown=86_400)
    assert len(sent) == 1


def test_a_retry_that_would_wait_too_long_is_a_failure_that_says_so(application, sent):
    @application.task(name="again", bind=True)
    def again(self, wait):
        raise self.retry(countdown=wait)

    with pytest.raises(WaitsTooLong, match="again would wait 3600 s"):
        again.apply((3600,), throw=True)
    # Celery's own pause, 180 s, fits.
    again.push_request(called_directly=False, is_eager=False, id="its-id", args=(1,), kwargs={})
    with pytest.raises(Retry):
        again.retry()
    again.pop_request()
    assert [name for name, _ in sent] == ["again"]
    application.tasks.pop("again")


def test_growing_pauses_stay_within_it_where_a_task_does_not_say_more(application, sent):
    options = {"autoretry_for": (ValueError,), "retry_backoff": True, "max_retries": 20}

    @application.task(name="grows", retry_jitter=False, **options)
    def grows():
        raise ValueError

    # Of Celery's own 600 s this would be 512.
    grows.push_request(called_directly=False, is_eager=False, id="its-id", retries=9)
    with pytest.raises(Retry) as retried:
        grows.run()
    assert retried.value.when == 180
    grows.pop_request()
    application.tasks.pop("grows")


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
