"""The tasks of background/, and the Celery application. No broker is needed."""

from datetime import timedelta

import pytest
from celery.exceptions import Retry
from django.db import OperationalError
from django.utils import timezone

from shop.background.tasks import Done, Tally, add_up, forget_old_marks
from shop.celery import app


@pytest.mark.django_db
def test_a_task_that_runs_twice_works_once():
    for _ in range(2):
        add_up.apply(("visits", 3), task_id="one")
    add_up.apply(("visits", 4), task_id="another")
    assert Tally.objects.get(name="visits").total == 7


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


def test_a_worker_finds_the_tasks_and_what_it_does_beside_them(run):
    # As a worker begins; `manage.py` says local.
    code = "app.loader.import_default_modules(); print(*app.tasks, *sys.modules)"
    code = f"import sys; from shop.celery import app; {code}"
    process = run("-c", code, DJANGO_SETTINGS_MODULE="shop.settings.local")
    names = process.stdout.split()
    assert {add_up.name, forget_old_marks.name} <= set(names), process.stderr
    assert "django_fargate.celery.signals" in names


def test_a_message_says_when_it_was_sent():
    with app.connection_for_write(url="memory://") as connection:
        add_up.apply_async(("visits", 1), connection=connection)
        message = connection.default_channel.queues[app.conf.task_default_queue].get_nowait()
    assert message["headers"]["sent_at"] > 0


def test_the_settings_are_those_of_production_unless_somebody_says_so(run, production_variables):
    variables = dict(production_variables)
    module = variables.pop("DJANGO_SETTINGS_MODULE")
    code = "from django.conf import settings; print(settings.SETTINGS_MODULE)"
    process = run("-c", f"import shop.wsgi; {code}", **variables)
    assert process.stdout.strip() == module, process.stderr
