"""Tests of the release program: they run without Django, against answers that are made up."""

import pytest

from .releases import take_for_granted
from .repository import write_repository
from .shapes import SHAPES
from .world import World

# What boto3 and the program would take from the machine that runs the tests.
ENVIRONMENT = (
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "GIT_SHA",
    "NETRC",
    "PACKAGES_NETRC",
)


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(params=SHAPES)
def shape(request):
    return request.param


@pytest.fixture
def configuration(shape, tmp_path):
    """Return the configuration of a repository of a kind, which is written to a folder."""
    return write_repository(tmp_path / "repository", shape)


@pytest.fixture
def world(configuration, monkeypatch):
    """Return an account of AWS; git, Docker, the image and the site are as they should be."""
    world = World(configuration)
    take_for_granted(world, monkeypatch)
    return world
