import pickle
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import default_storage

from django_fargate.media import MIB, MediaStorage, presigned_post

OPTIONS = {
    "bucket_name": "shop-media",
    "region_name": "eu-central-1",
    "connect_timeout_ms": 200,
    "read_timeout_ms": 300,
    "attempts": 2,
    "connections": 3,
    "querystring_expire": 600,
}


@pytest.fixture
def storage(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "made-up")
    return MediaStorage(**OPTIONS)


def test_all_threads_share_one_client(storage):
    start = threading.Barrier(8)

    def client(_):
        start.wait()
        return storage.connection.meta.client

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(client, range(8)))) == 1


def test_a_copy_makes_a_client_of_its_own(storage):
    assert storage.connection
    copied = pickle.loads(pickle.dumps(storage))  # noqa: S301
    assert copied.url("a.txt").startswith("https://shop-media.s3.eu-central-1.")


def test_an_upload_holds_no_parts_in_memory(storage, settings):
    settings.LARGEST_UPLOAD_MIB = 60
    config = MediaStorage(**OPTIONS).transfer_config
    assert config.use_threads is False
    # Up to here a file is sent as it lies in /tmp.
    assert config.multipart_threshold == 60 * MIB


def test_s3_that_never_answers_is_asked_as_often_as_planned(storage, monkeypatch):
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{server.getsockname()[1]}")

        def accept():
            while True:
                try:
                    asked.append(server.accept())
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        with pytest.raises((ReadTimeoutError, ConnectTimeoutError)):
            MediaStorage(**OPTIONS).exists("a.txt")
    assert len(asked) == OPTIONS["attempts"]
    for connection, _ in asked:
        connection.close()


def test_a_post_is_for_one_name_one_type_and_one_size(storage, monkeypatch):
    monkeypatch.setattr("django_fargate.media.default_storage", storage)
    post = presigned_post(
        "videos/1/a.mp4", largest_mib=2, content_type="video/mp4", then="https://shop.example/sent"
    )
    # Of its region: the general address would first send the browser there.
    assert post["url"] == "https://shop-media.s3.eu-central-1.amazonaws.com/"
    assert post["fields"]["key"] == "videos/1/a.mp4"
    assert post["fields"]["Content-Type"] == "video/mp4"
    assert post["fields"]["success_action_redirect"] == "https://shop.example/sent"


def test_a_post_needs_the_bucket():
    assert not isinstance(default_storage, MediaStorage)
    with pytest.raises(ImproperlyConfigured, match="bucket"):
        presigned_post("a.txt", largest_mib=1, content_type="text/plain")
