"""Static files in a bucket: added, and never deleted."""

import pytest

from django_fargate.release.outcomes import Refused
from django_fargate.release.static_files import upload

from .shapes import with_static_on_s3
from .world import World

pytestmark = with_static_on_s3


def test_static_files_are_added_and_none_is_deleted(configuration, tmp_path):
    world = World(configuration)
    files = {
        "staticfiles.json": '{"paths": {"site.css": "site.1a2b.css", "a.js": "a.3c4d.js"}}',
        "site.css": "body {}",
        "site.1a2b.css": "body {}",
        "a.3c4d.js": "1",
        "img/logo.png": "png",
    }
    folder = tmp_path / "static"
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text(text)
    there = [{"Key": "a.3c4d.js", "ETag": '"x"'}, {"Key": "old.5e6f.js", "ETag": '"y"'}]
    world.answer("s3", list_objects_v2={"Contents": there})
    upload(world.aws, world.as_facts, folder)
    sent = {request["Key"]: request for request in world.client("s3").requests("put_object")}
    assert sorted(sent) == ["img/logo.png", "site.1a2b.css", "site.css"]
    assert sent["site.1a2b.css"]["CacheControl"] == "public, max-age=31536000, immutable"
    assert sent["site.1a2b.css"]["ContentType"] == "text/css; charset=utf-8"
    assert sent["site.css"]["CacheControl"] == "public, max-age=300"
    assert sent["img/logo.png"]["ContentType"] == "image/png"


def test_static_files_that_were_not_collected_are_refused(configuration, tmp_path):
    world = World(configuration)
    with pytest.raises(Refused, match="collect the static files first"):
        upload(world.aws, world.as_facts, tmp_path)
