"""Asks ECS to spare this task while it works: neither a scale-in nor a release stops it then.

Only what changes is told: from idle to busy, from busy to idle, and again before it runs out. ECS
refuses it while a deployment is already stopping the task (DEPLOYMENT_BLOCKED): then the worker
ends as shutdown.py says, and nothing is lost.
"""

import json
import logging
import os
import threading
import time
import urllib.request

from celery.worker import state

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 5
# A worker that takes one task after the other is not idle in between.
IDLE_SECONDS = 5


class Protector:
    """Keeps ECS informed. `look` is called every second by the worker's timer."""

    def __init__(self, minutes, uri=None, clock=time.monotonic):
        self.minutes = minutes
        self.uri = os.environ.get("ECS_AGENT_URI") if uri is None else uri
        self.clock = clock
        # When protection was last asked for; None: it is off.
        self.asked_at = None
        self.busy_at = None
        self.calling = threading.Lock()

    def look(self):
        now = self.clock()
        if state.active_requests:
            self.busy_at = now
        busy = self.busy_at is not None and now - self.busy_at < IDLE_SECONDS
        due = self.asked_at is None or now - self.asked_at > 30 * self.minutes
        if busy and due:
            self.asked_at = now
            self.tell(True)
        elif not busy and self.asked_at is not None:
            self.asked_at = None
            self.tell(False)

    def tell(self, protected):
        """Call the agent from a thread: the worker must go on turning meanwhile."""
        if self.uri:
            threading.Thread(target=self.call, args=(protected,), daemon=True).start()

    def call(self, protected):
        wanted = {"ProtectionEnabled": protected}
        if protected:
            wanted["ExpiresInMinutes"] = self.minutes
        request = urllib.request.Request(  # noqa: S310  the agent's address, given by ECS
            f"{self.uri}/task-protection/v1/state",
            data=json.dumps(wanted).encode(),
            headers={"Content-Type": "application/json"},
            method="PUT",
        )
        # One after the other, so that the last word is the newest.
        with self.calling:
            try:
                with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
                    failure = json.loads(answer.read() or b"{}").get("failure")
            except (OSError, ValueError) as error:
                failure = str(error)
        if failure:
            logger.warning("task protection %s was refused: %s", protected, failure)
