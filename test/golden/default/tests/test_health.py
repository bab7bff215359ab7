"""The probes reach the service, through this repository's settings."""

import pytest


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


@pytest.mark.django_db
def test_readyz_asks_the_database_and_names_the_commit(client, strict, settings):
    settings.GIT_SHA = "0a1b2c3"
    response = client.get("/readyz", headers={"host": "10.0.0.7"})
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "git_sha": "0a1b2c3"}


def test_other_paths_refuse_a_foreign_host_and_redirect_to_https(client, strict):
    assert client.get("/", headers={"host": "10.0.0.7"}).status_code == 400
    response = client.get("/", headers={"host": "www.example.com"})
    assert response.status_code == 301
    assert response.headers["Location"] == "https://www.example.com/"
