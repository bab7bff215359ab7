"""Uploads: a private bucket in production, a folder in development."""

import json
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.module_loading import import_string

ROOT = Path(__file__).resolve().parent.parent


def bucket(settings):
    """Return the storage of these settings, as Django makes it."""
    storage = settings["STORAGES"]["default"]
    return import_string(storage["BACKEND"])(**storage["OPTIONS"])


def test_development_keeps_uploads_in_a_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    name = default_storage.save("hello.txt", ContentFile(b"hello"))
    assert (tmp_path / "hello.txt").read_bytes() == b"hello"
    assert default_storage.url(name) == "/media/hello.txt"


def test_production_needs_the_bucket(refusal):
    assert refusal(MEDIA_BUCKET=None).endswith(": MEDIA_BUCKET is not set")


def test_an_address_is_signed_and_ends(production, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "made-up")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    # A developer's shell may name another address of AWS.
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    settings = production()
    url = bucket(settings).url("hello.txt")
    options = settings["STORAGES"]["default"]["OPTIONS"]
    assert url.startswith(f"https://{options['bucket_name']}.s3.")
    assert f"X-Amz-Expires={options['querystring_expire']}&" in url


def test_a_second_file_of_a_name_replaces_nothing(production):
    assert bucket(production()).file_overwrite is False


def test_a_bucket_that_does_not_answer_holds_no_slot_for_long(production):
    sizes = json.loads((ROOT / "deploy" / "sizing.json").read_text())
    slowest_ms = sizes["database"]["statementTimeoutMs"]["value"]
    config = bucket(production()).client_config
    attempts = config.retries["total_max_attempts"]
    # Saving a file asks twice; between two attempts botocore waits a second at most.
    request = attempts * (config.connect_timeout + config.read_timeout) + attempts - 1
    assert 2 * request * 1000 < slowest_ms
    assert config.max_pool_connections == sizes["gunicorn"]["threads"]["value"]
