"""Asks ECS to spare this task while it works: neither a scale-in nor a release stops it then.

Only what changes is told: from idle to busy, from busy to idle, and again before it runs out. What
ECS refuses is asked for again: a protection that stays on would hold up every release. It refuses
all while a deployment stops the task (DEPLOYMENT_BLOCKED): then the worker ends as shutdown.py
says, and nothing is lost.
"""

import json
import logging
import os
import threading
import time
import urllib.request
from collections.abc import Callable

from celery.worker import state

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 5
# A worker that takes one task after the other is not idle in between.
IDLE_SECONDS = 5
# After a refusal.
RETRY_SECONDS = 10


class Protector:
    """Keeps ECS informed. `look` is called every second by the worker's timer."""

    def __init__(
        self, minutes: int, uri: str | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.minutes = minutes
        self.uri = os.environ.get("ECS_AGENT_URI") if uri is None else uri
        self.clock = clock
        # What ECS has taken note of, and when.
        self.protected = False
        self.told_at = 0.0
        self.busy_at: float | None = None
        self.retry_at: float | None = None
        self.calling = False

    def look(self) -> None:
        now = self.clock()
        if state.active_requests:
            self.busy_at = now
        busy = self.busy_at is not None and now - self.busy_at < IDLE_SECONDS
        ends = self.protected and busy and now - self.told_at > 30 * self.minutes
        waits = self.calling or (self.retry_at is not None and now < self.retry_at)
        if self.uri and (busy != self.protected or ends) and not waits:
            self.calling = True
            self.start(busy)

    def start(self, protected: bool) -> None:
        """Call the agent from a thread: the worker must go on turning meanwhile."""
        threading.Thread(target=self.tell, args=(protected,), daemon=True).start()

    def tell(self, protected: bool) -> None:
        failure = self.call(protected)
        if failure:
            logger.warning("task protection %s was refused: %s", protected, failure)
            self.retry_at = self.clock() + RETRY_SECONDS
        else:
            self.protected, self.told_at, self.retry_at = protected, self.clock(), None
        self.calling = False

    def call(self, protected: bool) -> str | None:
        """Return why ECS refused; None when it did not."""
        wanted: dict[str, object] = {"ProtectionEnabled": protected}
        if protected:
            wanted["ExpiresInMinutes"] = self.minutes
        request = urllib.request.Request(  # noqa: S310  the agent's address, given by ECS
            f"{self.uri}/task-protection/v1/state",
            data=json.dumps(wanted).encode(),
            headers={"Content-Type": "application/json"},
            method="PUT",
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
                failure = json.loads(answer.read() or b"{}").get("failure")
        except (OSError, ValueError) as error:
            return str(error)
        return None if failure is None else str(failure)
