"""/healthz for the load balancer and /readyz for a release, answered before anything else.

The load balancer asks by IP address over plain HTTP. In this middleware, which stands first,
neither ALLOWED_HOSTS nor the redirect to HTTPS can fail its probe. /healthz does not touch the
database: if it did, a failover would make ECS replace every task, and help nobody.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils.deprecation import MiddlewareMixin

# One database query per second and process, however often /readyz is asked.
READY_SECONDS = 1.0


class HealthMiddleware(MiddlewareMixin):
    """Answers GET and HEAD of the two paths, whatever the Host and the scheme."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if request.path_info == "/healthz":
            return answer(request, 200, {"status": "ok"})
        if request.path_info == "/readyz":
            ready = readiness.check()
            body = {"status": "ok" if ready else "unavailable", "git_sha": settings.GIT_SHA}
            return answer(request, 200 if ready else 503, body)
        return None


class Readiness:
    """Whether the database answers, remembered for READY_SECONDS."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._ready: bool | None = None
        self._fresh_until = 0.0

    def check(self) -> bool:
        """Return True when the database answers a query, False when it does not.

        While one thread asks, the others return the last answer, so that a database which hangs
        never holds more than one of them. Only before the first answer do they wait.
        """
        last = self._ready
        if not self._lock.acquire(blocking=last is None):
            return bool(last)
        try:
            if self._ready is None or self._clock() >= self._fresh_until:
                self._ready = database_answers()
                self._fresh_until = self._clock() + READY_SECONDS
            return self._ready
        finally:
            self._lock.release()


readiness = Readiness()


def database_answers() -> bool:
    """Return whether the default database answers a query."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def answer(request: HttpRequest, status: int, body: dict[str, Any]) -> HttpResponse:
    """Return `body` as JSON that no cache may keep; without the body for HEAD."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    response = JsonResponse(body, status=status, headers={"Cache-Control": "no-store"})
    response.headers["Content-Length"] = str(len(response.content))
    if request.method == "HEAD":
        response.content = b""
    return response
