"""What Sentry is told: errors, each once, and nothing that belongs to a person."""

import json
import logging

import pytest
import sentry_sdk
from billiard.exceptions import TimeLimitExceeded
from celery import Celery, signals
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, close_old_connections
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import path
from psycopg import errors
from sentry_sdk.transport import Transport

from django_fargate import sentry
from django_fargate.celery import logs
from django_fargate.celery.setup import set_up

logger = logging.getLogger("tests.sentry")
# Events hold lines of the source, so these stand nowhere else in it.
PASSWORD, CARD, ADDRESS, MAIL = "hunter2", "4111", "198.51.100.7", "secret@example.com"
PERSONAL = [PASSWORD, CARD, ADDRESS, MAIL, "sessionid"]


def fail(request):
    password = request.POST["password"]
    logger.warning("the password is %s", password)
    raise ValueError("broken")


def unique(request):
    raise ValueError(f"duplicate key\nDETAIL:  Key (email)=({MAIL}) already exists.")


def away(request):
    error = OperationalError("gone")
    error.__cause__ = errors.AdminShutdown()
    raise error


class AwayMiddleware:
    """Fails outside of any view, as the session's middleware does."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return away(request) if request.path == "/middleware" else self.get_response(request)


def unavailable(request):
    return HttpResponse(status=503)


def logs_an_error(request):
    logger.error("not good")
    return HttpResponse()


urlpatterns = [
    path("fail", fail),
    path("unique", unique),
    path("away", away),
    path("unavailable", unavailable),
    path("logs-an-error", logs_an_error),
]
handler500 = "django_fargate.middleware.server_error"


@pytest.fixture(scope="module")
def events():
    """Return what would be sent. The SDK stays in this process, so it starts once."""
    found = []

    class Kept(Transport):
        def capture_envelope(self, envelope):
            found.append(envelope)

    changes = {
        "SENTRY_DSN": "https://key@sentry.invalid/1",
        "SENTRY_ENVIRONMENT": "staging",
        "SENTRY_FLUSH_SECONDS": 2,
        "SENTRY_OPTIONS": {"transport": Kept},
        "GIT_SHA": "abc123",
    }
    with override_settings(**changes):
        sentry.start()
    yield found
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)


@pytest.fixture
def sent(events):
    """Return the events of one test."""
    events.clear()

    def sent():
        assert all([item.type for item in one.items] == ["event"] for one in events)
        return [json.loads(one.items[0].get_bytes()) for one in events]

    return sent


@pytest.fixture
def ask(settings):
    """Yield a way to ask as gunicorn does, through the handler that the SDK has wrapped."""
    settings.ROOT_URLCONF = __name__
    settings.TRUSTED_PROXIES = 1
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.AwayMiddleware"]
    application = get_wsgi_application()
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)

    def ask(url, **headers):
        request = RequestFactory().post(url, {"password": PASSWORD}, **headers)
        statuses = []
        response = application(request.environ, lambda status, headers: statuses.append(status))
        response.close()
        return int(statuses[0].partition(" ")[0])

    yield ask
    for signal in signals:
        signal.connect(close_old_connections)


def test_an_error_of_a_request_is_one_event_without_a_person(ask, sent):
    status = ask(
        f"/fail?card={CARD}",
        HTTP_X_AMZN_TRACE_ID="Root=1-67891233",
        HTTP_X_FORWARDED_FOR=ADDRESS,
        HTTP_AUTHORIZATION=f"Bearer {PASSWORD}",
        HTTP_COOKIE=f"sessionid={PASSWORD}",
        HTTP_X_TOKEN=PASSWORD,
        HTTP_REFERER=f"https://www.example.com/?card={CARD}",
        HTTP_USER_AGENT="curl/8",
    )
    assert status == 500
    (event,) = sent()
    assert event["exception"]["values"][0]["value"] == "broken"
    assert (event["release"], event["environment"]) == ("abc123", "staging")
    assert event["tags"]["trace"] == "Root=1-67891233"
    assert event["request"]["url"] == "http://testserver/fail"
    assert event["request"]["headers"]["User-Agent"] == "curl/8"
    text = json.dumps(event)
    assert [word for word in PERSONAL if word in text] == []


def test_the_row_that_broke_a_rule_stays_in_the_log(ask, sent):
    ask("/unique")
    (event,) = sent()
    assert event["exception"]["values"][0]["value"] == "duplicate key"
    assert MAIL not in json.dumps(event)


@pytest.mark.parametrize("url", ["/away", "/middleware", "/unavailable"])
def test_a_failover_is_not_an_event_for_each_request(ask, sent, url):
    assert ask(url) == 503
    assert sent() == []


def test_what_is_logged_as_an_error_is_an_event(ask, sent):
    assert ask("/logs-an-error") == 200
    (event,) = sent()
    assert event["logentry"]["message"] == "not good"


@pytest.fixture
def app():
    app = Celery("example", broker="memory://", set_as_current=False)
    set_up(app)
    signals.task_prerun.connect(logs.start)
    signals.task_failure.connect(logs.fail)
    return app


def test_a_task_that_fails_is_one_event_whatever_the_reason(app, sent):
    @app.task(name="fails", bind=True)
    def fails(self, password):
        away(None)

    fails.apply((PASSWORD,), task_id="its-id")
    (event,) = sent()
    assert event["tags"]["celery_task_id"] == "its-id"
    assert PASSWORD not in json.dumps(event)


def test_a_task_that_was_ended_is_one_event_too(app, sent):
    """The main process tells of it, and the SDK has seen nothing."""

    @app.task(name="hangs")
    def hangs():
        pass

    logs.fail(sender=hangs, task_id="hung-id", exception=TimeLimitExceeded(600))
    (event,) = sent()
    assert event["exception"]["values"][0]["type"] == "TimeLimitExceeded"
