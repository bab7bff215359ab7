import io
import socket

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import path

from django_fargate.bodies import FORM_BYTES, MIB, LargestBodyMiddleware


def read(request):
    return HttpResponse(str(len(request.read())))


urlpatterns = [path("read", read)]


@pytest.fixture
def browser(client, settings):
    settings.ROOT_URLCONF = __name__
    return client


class Unread(io.BytesIO):
    """A body that must not be read before the answer."""

    was_read = False

    def read(self, *arguments):
        self.was_read = True
        return super().read(*arguments)


def ask(length, body, **meta):
    request = RequestFactory().post("/nowhere", CONTENT_TYPE="text/plain")
    request.META.update({"CONTENT_LENGTH": length, "wsgi.input": body, **meta})
    return LargestBodyMiddleware(read)(request)


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data; boundary=x", "application/json", "text/plain", ""],
)
@pytest.mark.parametrize("url", ["/read", "/nowhere"])
def test_a_body_above_the_limit_is_413_whatever_it_is(browser, url, content_type):
    body = b"x" * (MIB + FORM_BYTES + 1)
    response = browser.generic("POST", url, body, content_type=content_type)
    assert response.status_code == 413
    assert response.headers["Cache-Control"] == "no-store"
    assert response.text == "The request is too large: at most 1 MiB are accepted.\n"


def test_a_form_with_the_largest_file_is_read(browser):
    body = b"x" * (MIB + FORM_BYTES)
    response = browser.generic("POST", "/read", body, content_type="text/plain")
    assert (response.status_code, response.text) == (200, str(len(body)))


def test_nothing_of_it_is_read_before_the_answer():
    body = Unread(b"x")
    response = ask(str(64 * MIB), body)
    assert response.status_code == 413
    assert not body.was_read


def test_a_body_that_hides_its_length_is_refused():
    body = Unread(b"x")
    response = ask("", body, HTTP_TRANSFER_ENCODING="chunked")
    assert response.status_code == 411
    assert response.headers["Cache-Control"] == "no-store"
    assert not body.was_read


@pytest.mark.parametrize("length", ["", "0", "many"])
def test_a_request_without_a_body_passes(length):
    assert ask(length, io.BytesIO()).status_code == 200


# Closing a response, Django looks at its connections to the database.
@pytest.mark.django_db
def test_the_rest_is_thrown_away_after_the_answer():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        body = io.BytesIO(b"x" * (2 * MIB))
        response = ask(str(2 * MIB), body, **{"gunicorn.socket": ours})
        assert body.tell() == 0
        response.close()
        assert body.tell() == 2 * MIB
        assert ours.gettimeout() is None


# Closing a response, Django looks at its connections to the database.
@pytest.mark.django_db
def test_a_client_that_stalls_is_not_waited_for_longer(monkeypatch):
    monkeypatch.setattr("django_fargate.bodies.LINGER_SECONDS", 0.2)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"x" * 100)
        # Reads what is there, then waits for more: as gunicorn's does.
        response = ask(str(2 * MIB), ours.makefile("rb"), **{"gunicorn.socket": ours})
        response.close()
        assert ours.gettimeout() is None
