"""The release program's virtual environment: deploy/requirements.txt, and no Django."""

import importlib.util


def test_there_is_no_django_to_be_imported():
    assert importlib.util.find_spec("django") is None
    assert importlib.util.find_spec("django_fargate") is not None
