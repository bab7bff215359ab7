"""Measures the queue once a minute. CloudWatch makes metrics of lines in its embedded format.

Every worker measures the same queue, so its depth is an average over them and its age a maximum;
how many children are busy is each one's own, so it is a sum.
"""

import json
import sys
import time
from typing import Any

from celery.worker import state

METRICS = [
    {"Name": "QueueDepth", "Unit": "Count"},
    {"Name": "OldestSeconds", "Unit": "Seconds"},
    {"Name": "BusyChildren", "Unit": "Count"},
]


class Queue:
    """The queue of an application, and the CloudWatch namespace of its metrics."""

    def __init__(self, app: Any, namespace: str) -> None:
        self.app = app
        self.namespace = namespace
        self.name = app.conf.task_default_queue

    def measure(self) -> None:
        with self.app.connection_for_read() as connection:
            client = connection.default_channel.client
            depth = client.llen(self.name)
            # Sent on the left, taken on the right.
            oldest = age_of(client.lindex(self.name, -1))
        line = {
            "_aws": {
                "Timestamp": int(time.time() * 1000),
                "CloudWatchMetrics": [
                    {"Namespace": self.namespace, "Dimensions": [["Queue"]], "Metrics": METRICS}
                ],
            },
            "Queue": self.name,
            "QueueDepth": depth,
            "OldestSeconds": oldest,
            "BusyChildren": len(state.active_requests),
        }
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


def age_of(message: bytes | str | None) -> float:
    """Return for how many seconds a message has waited; 0 without one, or one of another sender."""
    headers = json.loads(message).get("headers", {}) if message else {}
    sent_at = headers.get("sent_at")
    return 0 if sent_at is None else round(max(0.0, time.time() - sent_at), 3)
