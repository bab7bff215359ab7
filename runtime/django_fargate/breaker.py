"""A memory for a server that does not answer: not every thread has to wait for it to find out."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

# How long nobody tries after a failed attempt; a recovery shows at most so much later.
PAUSE_SECONDS = 2.0

Result = TypeVar("Result")


class Breaker:
    """Whether connecting works, as far as this process knows. One for each server."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._retry_at: float | None = None  # None while connecting works
        self._trying = False
        self._succeeded_at = float("-inf")

    def call(self, connect: Callable[[], Result], error: type[Exception]) -> Result:
        """Return `connect()`, or raise an `error` at once while the server is known to be away.

        `error` is the exception class that a failed connect raises; others change nothing here.
        """
        started = self._clock()
        with self._lock:
            retry_at = self._retry_at
            alone = retry_at is not None
            if retry_at is not None:
                if self._trying or started < retry_at:
                    raise error("no new connection: the last attempt failed a moment ago")
                self._trying = True
        try:
            connection = connect()
        except error:
            with self._lock:
                # An attempt from before the last success says nothing about now.
                if started >= self._succeeded_at:
                    self._retry_at = self._clock() + PAUSE_SECONDS
            raise
        else:
            with self._lock:
                self._retry_at = None
                self._succeeded_at = self._clock()
            return connection
        finally:
            if alone:
                with self._lock:
                    self._trying = False
