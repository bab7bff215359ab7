from io import StringIO
from unittest.mock import patch

import pytest
from django.contrib.auth.management.commands import createsuperuser
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import modify_settings


@pytest.fixture(autouse=True)
def auth():
    with modify_settings(INSTALLED_APPS={"append": "django.contrib.auth"}):
        yield


@pytest.fixture
def django():
    """Django's own command, which would ask a database, then a person, and then write."""
    with (
        patch.object(createsuperuser.Command, "check_migrations"),
        patch.object(createsuperuser.Command, "handle", return_value=None) as handle,
    ):
        yield handle


class Terminal(StringIO):
    def isatty(self):
        return True


def test_without_a_terminal_it_fails_and_says_what_to_do(django):
    with pytest.raises(CommandError, match=r"nothing was created\. .* `make shell`, .*--noinput"):
        call_command("createsuperuser", stdin=StringIO())
    django.assert_not_called()


def test_at_a_terminal_it_asks(django):
    call_command("createsuperuser", stdin=Terminal())
    django.assert_called_once()


def test_without_a_password_it_says_that_there_is_none(django, monkeypatch, capsys):
    monkeypatch.delenv("DJANGO_SUPERUSER_PASSWORD", raising=False)
    call_command("createsuperuser", interactive=False, stdin=StringIO())
    assert "has no password" in capsys.readouterr().out
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "seven-Lamps-burn")
    call_command("createsuperuser", interactive=False, stdin=StringIO())
    assert "password" not in capsys.readouterr().out
    assert django.call_count == 2
