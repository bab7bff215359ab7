"""A model that needs PostgreSQL is named where the database is SQLite, as here."""

import pytest
from django.contrib.postgres.fields import ArrayField
from django.core.management import CommandError, call_command
from django.db import connections, models
from django.test.utils import isolate_apps

from django_fargate.postgresql import only


@pytest.fixture
def item(monkeypatch):
    with isolate_apps("tests.app.example") as apps:

        class Item(models.Model):
            tags = ArrayField(models.TextField())
            name = models.TextField()

            class Meta:
                app_label = "example"

            def __str__(self):
                return self.name

        monkeypatch.setattr(only, "apps", apps)
        yield Item


def test_its_fields_are_named_by_the_checks_with_what_to_do(item):
    (found,) = only.check_fields(None)
    assert found.msg.startswith("example.Item.tags: only PostgreSQL has ArrayField, and this")
    assert "make db" in found.hint


def test_migrate_stops_before_sqlite_does(item):
    with pytest.raises(CommandError, match=r"^example\.Item\.tags: .* SQLite\. `make db` starts"):
        call_command("migrate")


def test_on_postgresql_and_without_such_a_field_there_is_nothing_to_say(item, monkeypatch):
    monkeypatch.setattr(connections["default"], "vendor", "postgresql")
    assert only.check_fields(None) == []
    monkeypatch.undo()
    assert only.check_fields(None) == []
