"""Errors in Sentry: the settings that it is started with in production. No test sends anything."""

import pytest
from django.conf import settings


def test_production_says_where_errors_go(production):
    found = production(SENTRY_DSN="https://key@sentry.example.com/7")
    assert found["SENTRY_DSN"] == "https://key@sentry.example.com/7"
    assert found["SENTRY_ENVIRONMENT"] == "production"
    assert production(SENTRY_ENVIRONMENT="staging")["SENTRY_ENVIRONMENT"] == "staging"


def test_production_does_not_start_without(refusal):
    assert refusal(SENTRY_DSN=None).endswith(": SENTRY_DSN is not set")


@pytest.mark.parametrize("value", ["sentry.io", "https://sentry.io/7", "ftp://key@sentry.io/7"])
def test_a_wrong_address_is_refused_and_not_printed(refusal, value):
    line = refusal(SENTRY_DSN=value)
    assert "SENTRY_DSN must read https://KEY@HOST/PROJECT" in line
    assert value not in line


def test_development_and_tests_send_nothing():
    assert not getattr(settings, "SENTRY_DSN", "")
