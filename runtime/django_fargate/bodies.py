"""Refuses what is too large, before a byte of it is read.

Django has no limit for files: anyone who can reach a form could fill /tmp, and with it the memory
of the task. Nothing behind this middleware sees a body above the limit, whatever its type and URL.
"""

import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

MIB = 2**20
# What a form has around its file: boundaries, names, a few short fields.
FORM_BYTES = 64 * 1024

# A client that is still sending may not look for the answer until it has sent everything, and a
# connection that is closed meanwhile loses it. So what comes is thrown away for so long.
LINGER_SECONDS = 5.0
LINGER_READ_BYTES = 64 * 1024


class LargestBodyMiddleware(MiddlewareMixin):
    """Answers 413 to a body above LARGEST_UPLOAD_MIB, and 411 to one that hides its length."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
            # Django reads no body without a length: the view would find an empty one.
            return Refusal(request, 411, "The request must say how long it is: Content-Length.\n")
        largest: int = settings.LARGEST_UPLOAD_MIB
        if length_of(request) > largest * MIB + FORM_BYTES:
            text = f"The request is too large: at most {largest} MiB are accepted.\n"
            return Refusal(request, 413, text)
        return None


class Refusal(HttpResponse):
    """An answer to a request whose body is still on its way."""

    def __init__(self, request: HttpRequest, status: int, text: str) -> None:
        headers = {"Cache-Control": "no-store"}
        super().__init__(text, status=status, content_type="text/plain", headers=headers)
        self._unread: dict[str, Any] = request.META

    def close(self) -> None:
        """Throw the body away. The server calls this after it has sent the answer."""
        super().close()
        body, connection = self._unread["wsgi.input"], self._unread.get("gunicorn.socket")
        if connection is not None:
            discard(body, connection, time.monotonic() + LINGER_SECONDS)


def discard(body: Any, connection: Any, deadline: float) -> None:
    """Read until the end of the body or the deadline, and keep nothing."""
    before = connection.gettimeout()
    try:
        while (left := deadline - time.monotonic()) > 0:
            connection.settimeout(left)
            if not body.read(LINGER_READ_BYTES):
                break
    except Exception:  # noqa: BLE001  # whatever ends the body ends the connection, too
        return
    finally:
        connection.settimeout(before)


def length_of(request: HttpRequest) -> int:
    """Return how long the body says that it is; Django reads none of it without a number."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
