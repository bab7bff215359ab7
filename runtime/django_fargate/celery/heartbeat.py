"""A file whose age tells whether the worker turns over. A worker on SQS answers no ping.

Touched by a timer of the main process, which also takes tasks from the queue and gives them to the
children: when it hangs, the file grows old, and the container's health check fails.
"""

from pathlib import Path

FILE = Path("/tmp/worker-heartbeat")  # noqa: S108  the task's own tmpfs


def beat() -> None:
    FILE.touch()
