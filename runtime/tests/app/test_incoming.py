"""Who asked, and which request: what the load balancer tells is settled before any middleware."""

import json
import logging
from ipaddress import ip_address

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.urls import path

from django_fargate import trace
from django_fargate.incoming import client_of
from django_fargate.logs import JsonFormatter

CLIENT = "198.51.100.7"
TRACE = "Root=1-67891233-abcdef012345678912345678"
logger = logging.getLogger("tests.incoming")


def who(request):
    logger.warning("in the view")
    return HttpResponse(
        f"{request.META['REMOTE_ADDR']} {request.META.get('HTTP_X_FORWARDED_FOR', 'none')}"
    )


def stream(request):
    def parts():
        for part in ("one", "two"):
            logger.warning(part)
            yield part

    return StreamingHttpResponse(parts())


urlpatterns = [path("who", who), path("stream", stream)]


@pytest.fixture
def ask(settings):
    """Yield a way to ask as the load balancer does, from its own address."""
    settings.ROOT_URLCONF = __name__
    settings.TRUSTED_PROXIES = 1
    application = get_wsgi_application()
    assert isinstance(application, WSGIHandler)
    # As Django's own test client does: these requests need no database.
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)

    def ask(url="/who", **headers):
        environ = RequestFactory().get(url, REMOTE_ADDR="10.0.0.5", **headers).environ
        response = application(environ, lambda status, headers: None)
        body = b"".join(response).decode()
        response.close()
        return body, environ

    yield ask
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def lines():
    """Return the lines of JSON that are logged meanwhile."""
    found = []

    class Handler(logging.Handler):
        def emit(self, record):
            found.append(json.loads(self.format(record)))

    handler = Handler()
    handler.setFormatter(JsonFormatter())
    loggers = [logger, logging.getLogger("django")]
    for one in loggers:
        one.addHandler(handler)
    yield found
    for one in loggers:
        one.removeHandler(handler)


@pytest.mark.parametrize(
    ("header", "proxies", "client"),
    [
        (CLIENT, 1, CLIENT),
        # What a client sends itself stands in front.
        (f"203.0.113.1, {CLIENT}", 1, CLIENT),
        (f"127.0.0.1,,unknown, {CLIENT} ", 1, CLIENT),
        (f"{'1.1.1.1, ' * 500}{CLIENT}", 1, CLIENT),
        # The load balancer can tell the client's port.
        (f"{CLIENT}:54321", 1, CLIENT),
        ("2001:DB8::21f:5bff:febf:ce22", 1, "2001:db8::21f:5bff:febf:ce22"),
        ("[2001:db8::1]:443", 1, "2001:db8::1"),
        ("[2001:db8::1]", 1, "2001:db8::1"),
        # CloudFront appends the client, the load balancer appends CloudFront.
        (f"203.0.113.1, {CLIENT}, 130.176.1.1", 2, CLIENT),
        # Past CloudFront, straight to the load balancer.
        (CLIENT, 2, CLIENT),
        # The nearest that can be trusted.
        (f"unknown, {CLIENT}", 2, CLIENT),
        ("", 1, None),
        ("unknown", 1, None),
        ("999.1.1.1", 1, None),
        (CLIENT, 0, None),
    ],
)
def test_the_client_is_what_the_outermost_trusted_proxy_saw(header, proxies, client):
    assert client_of(header, proxies) == client
    assert client is None or ip_address(client)


def test_everything_reads_the_same_address(ask):
    body, environ = ask(HTTP_X_FORWARDED_FOR=f"203.0.113.1, {CLIENT}")
    assert body == f"{CLIENT} {CLIENT}"
    # gunicorn's access log reads it after the response.
    assert environ["REMOTE_ADDR"] == CLIENT


def test_what_is_no_address_is_nobodys(ask):
    assert ask(HTTP_X_FORWARDED_FOR="<script>")[0] == "10.0.0.5 none"
    # The load balancer's own probe has no such header.
    assert ask()[0] == "10.0.0.5 none"


def test_without_a_proxy_nothing_is_touched(ask, settings):
    del settings.TRUSTED_PROXIES
    assert ask(HTTP_X_FORWARDED_FOR=CLIENT)[0] == f"10.0.0.5 {CLIENT}"


def test_each_line_of_a_request_has_its_trace(ask, lines):
    ask(HTTP_X_AMZN_TRACE_ID=TRACE)
    # Django logs a 404 when all middleware is done.
    ask("/no-such-page", HTTP_X_AMZN_TRACE_ID="Root=2")
    assert [(line["message"], line["trace"]) for line in lines] == [
        ("in the view", TRACE),
        ("Not Found: /no-such-page", "Root=2"),
    ]


def test_a_streamed_body_has_the_trace_of_its_request(ask, lines):
    ask("/stream", HTTP_X_AMZN_TRACE_ID=TRACE)
    assert [(line["message"], line["trace"]) for line in lines] == [("one", TRACE), ("two", TRACE)]


def test_a_thread_forgets_the_request_that_it_served(ask, lines):
    ask(HTTP_X_AMZN_TRACE_ID=TRACE)
    assert trace.current.get() is None
    logger.warning("between two requests")
    ask()
    assert ["trace" in line for line in lines] == [True, False, False]
