"""What to answer while the database is away, and while two releases run side by side."""

import logging
import sys
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin
from django.views import defaults

from .postgresql.errors import is_unavailable

logger = logging.getLogger(__name__)

# After so many seconds a client may try again. A failover takes 60 to 120 s.
RETRY_AFTER_SECONDS = 10


class DatabaseUnavailableMiddleware(MiddlewareMixin):
    """Answers 503 with Retry-After when a view could not reach the database."""

    def process_exception(
        self, request: HttpRequest, exception: BaseException
    ) -> HttpResponse | None:
        return unavailable(exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """The handler500: 503 for what other middleware could not get from the database, else 500."""
    return unavailable(sys.exc_info()[1]) or defaults.server_error(request)


def unavailable(exception: BaseException | None) -> HttpResponse | None:
    """Return the 503 when `exception` says that the database cannot be reached, else None."""
    if not is_unavailable(exception):
        return None
    logger.warning("the database is unavailable: %s", exception)
    return HttpResponse(
        "The database is unavailable. Please try again.\n",
        status=503,
        content_type="text/plain",
        headers={"Retry-After": str(RETRY_AFTER_SECONDS), "Cache-Control": "no-store"},
    )


class StaticNotFoundMiddleware(MiddlewareMixin):
    """Forbids to cache the 404 of a static file.

    In a deployment a page of the new release may ask an old task for a file that only the new one
    has. A cache that kept this 404 would break the page for long after.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        static_path = urlsplit(settings.STATIC_URL).path
        if response.status_code == 404 and request.path.startswith(static_path):
            response.headers["Cache-Control"] = "no-store"
        return response
