import json
import threading
from unittest import mock

import pytest
from django.db import OperationalError

from django_fargate import health


@pytest.fixture(autouse=True)
def fresh_readiness(monkeypatch):
    monkeypatch.setattr(health, "readiness", health.Readiness())


@pytest.fixture
def strict(settings):
    """Hosts and HTTPS as in production."""
    settings.ALLOWED_HOSTS = ["www.example.com"]
    settings.SECURE_SSL_REDIRECT = True


# Without the django_db mark a test that touches the database fails.


def test_healthz_answers_by_address_over_plain_http_without_the_database(client, strict):
    response = client.get("/healthz", headers={"host": "10.0.0.7"})
    assert response.status_code == 200
    assert response.json() == {"status": "ok"}
    assert response.headers["Cache-Control"] == "no-store"


def test_other_paths_refuse_a_foreign_host_and_redirect_to_https(client, strict):
    assert client.get("/", headers={"host": "10.0.0.7"}).status_code == 400
    response = client.get("/", headers={"host": "www.example.com"})
    assert response.status_code == 301
    assert response.headers["Location"] == "https://www.example.com/"


def test_head_has_the_length_of_get_but_no_body(client):
    get, head = client.get("/healthz"), client.head("/healthz")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["Content-Length"] == get.headers["Content-Length"] == str(len(get.content))


def test_post_is_not_allowed(client):
    response = client.post("/healthz")
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"


@pytest.mark.django_db
def test_readyz_names_the_commit(client, strict, settings):
    settings.GIT_SHA = "0a1b2c3"
    response = client.get("/readyz", headers={"host": "10.0.0.7"})
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "git_sha": "0a1b2c3"}


def test_readyz_is_503_without_the_database(client):
    with mock.patch.object(health, "connection") as connection:
        connection.cursor.side_effect = OperationalError
        response = client.get("/readyz")
    assert response.status_code == 503
    assert json.loads(response.content)["status"] == "unavailable"


def test_readiness_is_remembered_for_a_second(monkeypatch):
    now = [100.0]
    answers = iter([True, False])
    monkeypatch.setattr(health, "database_answers", lambda: next(answers))
    readiness = health.Readiness(clock=lambda: now[0])
    assert readiness.check() is True
    now[0] += 0.9
    assert readiness.check() is True
    now[0] += 0.2
    assert readiness.check() is False


def test_a_hanging_database_holds_one_thread_only(monkeypatch):
    asked, let_go = threading.Event(), threading.Event()
    now = [100.0]
    monkeypatch.setattr(health, "database_answers", lambda: True)
    readiness = health.Readiness(clock=lambda: now[0])
    assert readiness.check() is True

    def hang():
        asked.set()
        return not let_go.wait(10)

    monkeypatch.setattr(health, "database_answers", hang)
    now[0] += 2
    thread = threading.Thread(target=readiness.check)
    thread.start()
    try:
        assert asked.wait(10)
        assert readiness.check() is True
    finally:
        let_go.set()
        thread.join()
    assert readiness.check() is False
