"""Measures the queue once a minute. CloudWatch makes metrics of lines in its embedded format.

Every worker measures the same queue, so the depth is an average over them; how many children are
busy is each one's own, so it is a sum.
"""

import json
import sys
import time

from celery.worker import state

NAMESPACE = "shop"
METRICS = [{"Name": "QueueDepth", "Unit": "Count"}, {"Name": "BusyChildren", "Unit": "Count"}]


class Queue:
    def __init__(self, app):
        self.app = app
        self.name = app.conf.task_default_queue

    def measure(self):
        with self.app.connection_for_read() as connection:
            depth = connection.default_channel.client.llen(self.name)
        line = {
            "_aws": {
                "Timestamp": int(time.time() * 1000),
                "CloudWatchMetrics": [
                    {"Namespace": NAMESPACE, "Dimensions": [["Queue"]], "Metrics": METRICS}
                ],
            },
            "Queue": self.name,
            "QueueDepth": depth,
            "BusyChildren": len(state.active_requests),
        }
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
