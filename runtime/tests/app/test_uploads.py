import errno

import pytest
from django.core.checks import registry as checks
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.test.utils import isolate_apps

from django_fargate.uploads import FolderStorage, check_uploads


def test_a_file_is_kept(tmp_path):
    name = FolderStorage(tmp_path).save("a.txt", ContentFile(b"a"))
    assert (tmp_path / name).read_bytes() == b"a"


@pytest.mark.parametrize(
    ("number", "error", "said"),
    [
        (errno.EROFS, ImproperlyConfigured, "--media s3"),
        # The control: any other reason stays what it is.
        (errno.ENOSPC, OSError, "No space left"),
    ],
)
def test_a_read_only_file_system_is_named(tmp_path, monkeypatch, number, error, said):
    def fail(*arguments):
        raise OSError(number, "No space left")

    monkeypatch.setattr(FileSystemStorage, "_save", fail)
    with pytest.raises(error, match=said):
        FolderStorage(tmp_path).save("a.txt", ContentFile(b"a"))


@isolate_apps("tests.app.example")
def model_with(storage):
    class Picture(models.Model):
        image = models.FileField(storage=storage)

        class Meta:
            app_label = "example"

        def __str__(self):
            return "picture"

    return Picture


def test_the_check_is_one_of_a_deployment():
    assert check_uploads in checks.registry.get_checks(include_deployment_checks=True)
    assert check_uploads not in checks.registry.get_checks()


@pytest.mark.parametrize(("place", "warnings"), [("repository", 1), ("elsewhere", 0)])
def test_the_check_names_a_field_that_no_task_can_keep(
    monkeypatch, settings, tmp_path, place, warnings
):
    folder = settings.BASE_DIR / "media" if place == "repository" else tmp_path
    picture = model_with(FolderStorage(folder))
    monkeypatch.setattr("django.apps.apps.get_models", lambda: [picture])
    found = check_uploads(None)
    assert len(found) == warnings
    for warning in found:
        assert warning.id == "django_fargate.W002"
        assert "example.Picture.image" in warning.msg
        assert "--media s3" in warning.msg
