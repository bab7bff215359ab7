import pytest
from django.db import OperationalError
from django.urls import path
from psycopg import errors

from django_fargate.postgresql.errors import is_unavailable


def database_error(cause):
    """Return the error that Django raises for one of psycopg's."""
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error


UNAVAILABLE = [
    errors.OperationalError("connection failed"),
    errors.ConnectionTimeout("connection timeout expired"),
    errors.ConnectionException(),
    errors.ConnectionFailure(),
    errors.AdminShutdown(),
    errors.CrashShutdown(),
    errors.CannotConnectNow(),
    errors.TooManyConnections(),
]
# A query that was cut off (57014), a lock that it could not get (55P03), a full disk, a deadlock.
AVAILABLE = [
    errors.QueryCanceled(),
    errors.LockNotAvailable(),
    errors.DiskFull(),
    errors.DeadlockDetected(),
]


def fail(request, error):
    raise error


urlpatterns = [
    path("away", fail, {"error": database_error(errors.AdminShutdown())}),
    path("slow", fail, {"error": database_error(errors.QueryCanceled())}),
]
handler500 = "django_fargate.middleware.server_error"


class BrokenMiddleware:
    """Fails outside of any view, as the session's middleware does when it saves."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path != "/middleware":
            return self.get_response(request)
        raise database_error(errors.AdminShutdown())


@pytest.fixture
def browser(client, settings):
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.BrokenMiddleware"]
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("cause", UNAVAILABLE, ids=lambda cause: type(cause).__name__)
def test_is_unavailable(cause):
    assert is_unavailable(database_error(cause))


@pytest.mark.parametrize("cause", AVAILABLE, ids=lambda cause: type(cause).__name__)
def test_is_not_unavailable(cause):
    assert not is_unavailable(database_error(cause))


@pytest.mark.parametrize("error", [None, ValueError(), OperationalError("of SQLite")])
def test_other_errors_say_nothing_about_postgresql(error):
    assert not is_unavailable(error)


@pytest.mark.parametrize("url", ["/away", "/middleware"])
def test_an_unavailable_database_is_a_503(browser, url):
    response = browser.get(url)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert response.headers["Cache-Control"] == "no-store"


def test_a_statement_timeout_is_a_500(browser, caplog):
    assert browser.get("/slow").status_code == 500
    assert "QueryCanceled" in caplog.text


def test_no_cache_keeps_the_404_of_a_static_file(client):
    response = client.get("/static/app.0123456789ab.css")
    assert response.status_code == 404
    assert response.headers["Cache-Control"] == "no-store"


def test_other_404s_are_left_alone(client):
    response = client.get("/no-such-page")
    assert response.status_code == 404
    assert "Cache-Control" not in response.headers
