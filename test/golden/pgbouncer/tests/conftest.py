"""What several tests use. No test needs a network or a service."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "shop.settings.production",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-0123456789-test",
    "ALLOWED_HOSTS": "www.example.com",
    "DB_HOST": "db.example.com",
    "DB_NAME": "app",
    "DB_USER": "app",
    "DB_PASSWORD": "p@ss/w:rd?#[%20]",
    "CELERY_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/shop-celery",
}


@pytest.fixture
def run():
    """Run Python in the repository's folder with these environment variables and few others."""

    def run(*arguments, **variables):
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**kept, **variables},
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


@pytest.fixture
def production_variables():
    """Return variables that the production settings start with."""
    return dict(PRODUCTION)


@pytest.fixture
def production(run):
    """Return the production settings as a dict, or the process when it did not start.

    A variable is left out by the value None.
    """
    code = """
import json
from django.conf import settings
names = [name for name in dir(settings) if name.isupper()]
print(json.dumps({name: getattr(settings, name) for name in names}, default=str))
"""

    def production(**changes):
        variables = {**PRODUCTION, **changes}
        variables = {name: value for name, value in variables.items() if value is not None}
        process = run("-c", code, **variables)
        return json.loads(process.stdout) if process.returncode == 0 else process

    return production
