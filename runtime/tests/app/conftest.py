"""Tests of what the service imports: they need Django and Celery, no network and no service."""

import os
import subprocess
import sys
from pathlib import Path

import django
import pytest

import django_fargate

# Where the package is imported from: beside these tests, or installed.
PACKAGES = Path(django_fargate.__file__).resolve().parent.parent


def pytest_configure():
    """Set Django up before any test is imported, with the settings beside them."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.app.settings"
    django.setup()


@pytest.fixture
def run(tmp_path):
    """Run Python in an empty folder with these environment variables and few others."""

    def run(*arguments, **variables):
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        path = os.pathsep.join([str(tmp_path), str(PACKAGES)])
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            env={**kept, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", **variables},
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run
