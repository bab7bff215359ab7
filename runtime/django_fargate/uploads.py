"""Where uploads go while there is no bucket, and a check that says so before a release."""

import errno
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage
from django.db.models import FileField

NO_PLACE = (
    "there is no place for uploads: the file system of a task is read-only and its own."
    " `npx generator-django-fargate resize --media s3` adds a bucket"
)


class FolderStorage(FileSystemStorage):
    """Django's own storage, for development; in a task it says what is missing."""

    def _save(self, name: str, content: Any) -> str:
        try:
            return str(super()._save(name, content))  # type: ignore[misc]  # no stub has it
        except OSError as error:
            if error.errno == errno.EROFS:
                raise ImproperlyConfigured(f"{name}: {NO_PLACE}") from error
            raise


@register(Tags.files, deploy=True)
def check_uploads(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name each field whose uploads a task could not keep."""
    return [
        Warning(
            f"{field} keeps its files in the repository's folder, and {NO_PLACE}.",
            obj=field,
            id="django_fargate.W002",
        )
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, FileField) and is_in_repository(field.storage)
    ]


def is_in_repository(storage: Any) -> bool:
    """Return whether a storage is a folder of the image, which no task can write to."""
    if not isinstance(storage, FileSystemStorage):
        return False
    return Path(settings.BASE_DIR).resolve() in Path(storage.location).resolve().parents
