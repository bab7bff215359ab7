"""Sends tasks: python -m workertest.send NAME COUNT JSON-ARGUMENTS [NAME COUNT ...]. KEY stands for a key of its own."""

import json
import sys

import django

django.setup()

from shop.celery import app  # noqa: E402

words = sys.argv[1:]
for name, count, arguments in zip(words[::3], words[1::3], words[2::3], strict=True):
    for i in range(int(count)):
        args = [f"{name}-{arguments}-{i}" if word == "KEY" else word for word in json.loads(arguments)]
        app.send_task(f"workertest.tasks.{name}", args)
