"""Tasks, and what the worker does beside them. No broker is needed."""

import json
import logging
from datetime import timedelta

import pytest
from celery import current_app
from celery.exceptions import Retry
from django.conf import settings
from django.db import OperationalError
from django.utils import timezone

from shop.background.models import Done, Tally
from shop.background.once import once
from shop.background.tasks import add_up, forget_old_marks
from shop.celery import note_time
from shop.logs import JsonFormatter
from shop.worker import heartbeat, logs, shutdown


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
    logger = logging.getLogger("shop")
    logger.addHandler(handler)
    level = logger.level
    logger.setLevel(logging.INFO)
    yield found
    logger.setLevel(level)
    logger.removeHandler(handler)


@pytest.mark.django_db
def test_a_task_that_runs_twice_works_once():
    for _ in range(2):
        add_up.apply(("visits", 3), task_id="one")
    add_up.apply(("visits", 4), task_id="another")
    assert Tally.objects.get(name="visits").total == 7


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


@pytest.mark.django_db
def test_a_database_that_is_away_is_tried_again(monkeypatch):
    def away(*_args, **_kwargs):
        raise OperationalError("away")

    monkeypatch.setattr(Done.objects, "get_or_create", away)
    monkeypatch.setattr(add_up, "retry", lambda **options: Retry(exc=options.get("exc")))
    with pytest.raises(Retry):
        add_up.run("visits", 1)


@pytest.mark.django_db
def test_old_marks_are_forgotten():
    Done.objects.create(key="old")
    Done.objects.update(at=timezone.now() - timedelta(days=31))
    Done.objects.create(key="new")
    forget_old_marks()
    assert list(Done.objects.values_list("key", flat=True)) == ["new"]


@pytest.mark.django_db
def test_every_end_of_a_task_is_one_line(lines):
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


@pytest.mark.django_db
def test_a_line_in_a_task_names_it(lines):
    @current_app.task(name="speaks")
    def speaks():
        logging.getLogger("shop.speaks").info("hello")

    speaks.apply(task_id="its-id")
    (line,) = [line for line in lines if line["message"] == "hello"]
    assert (line["task_name"], line["task_id"]) == ("speaks", "its-id")
    current_app.tasks.pop("speaks")


def test_a_message_says_when_it_was_sent():
    headers = {}
    note_time(headers=headers)
    first = dict(headers)
    assert first["sent_at"] > 0
    # A retry is sent anew, but the wait counts from the beginning.
    note_time(headers=headers)
    assert headers == first


def test_the_settings_are_those_of_production_unless_somebody_says_so(run, production_variables):
    variables = dict(production_variables)
    module = variables.pop("DJANGO_SETTINGS_MODULE")
    code = "from django.conf import settings; print(settings.SETTINGS_MODULE)"
    process = run("-c", f"import shop.wsgi; {code}", **variables)
    assert process.stdout.strip() == module, process.stderr


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
