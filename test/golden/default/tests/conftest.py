"""What several tests use. No test needs a network or a service."""

import os
import runpy
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest

from django_fargate import examples

ROOT = Path(__file__).resolve().parent.parent

# Of a web task: deploy/ecs/web.json and deploy/environment.json, with example values.
PRODUCTION = examples.production(ROOT)


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
def production():
    """Return what the production settings set, read again with only these environment variables.

    A variable is left out by the value None. The tests keep their own settings.
    """

    def production(**changes):
        variables = {**PRODUCTION, **changes}
        variables = {name: value for name, value in variables.items() if value is not None}
        # What production.py imports from its folder may read the environment, too.
        package = "shop.settings."
        read = [name for name in sys.modules if name.startswith(package)]
        with patch.dict(os.environ, variables, clear=True), pytest.MonkeyPatch.context() as modules:
            for name in read:
                modules.delitem(sys.modules, name)
            found = runpy.run_module(PRODUCTION["DJANGO_SETTINGS_MODULE"])
        return {name: value for name, value in found.items() if name.isupper()}

    return production


@pytest.fixture
def refusal(production):
    """Return the line with which a process ends that was started with these variables."""

    def refusal(**changes):
        with pytest.raises(SystemExit) as ended:
            production(**changes)
        return ended.value.code

    return refusal
