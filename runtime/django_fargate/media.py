"""The bucket of the uploads, as a task speaks to it."""

from __future__ import annotations

import threading
from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import default_storage
from storages.backends.s3 import S3Storage

MIB = 2**20
# A file above the largest upload comes from the code itself, and is sent in parts of this size.
PART_BYTES = 8 * MIB


class MediaStorage(S3Storage):  # type: ignore[misc]  # it has no types
    """The S3 of django-storages, with limits, and with one client for all threads of a process.

    Its own makes a client for each thread, and each takes some 15 MiB.
    """

    _making = threading.Lock()

    def __init__(
        self,
        *,
        connect_timeout_ms: int,
        read_timeout_ms: int,
        attempts: int,
        connections: int,
        **options: Any,
    ) -> None:
        options.setdefault("file_overwrite", False)
        # A file that is read is in memory up to the size at which an upload is, then in /tmp.
        options.setdefault("max_memory_size", settings.FILE_UPLOAD_MAX_MEMORY_SIZE)
        options["client_config"] = Config(
            signature_version="s3v4",
            s3={"addressing_style": "virtual"},
            connect_timeout=connect_timeout_ms / 1000,
            read_timeout=read_timeout_ms / 1000,
            retries={"mode": "standard", "total_max_attempts": attempts},
            max_pool_connections=connections,
        )
        # Without threads: theirs would hold ten parts of 8 MiB in memory for each upload.
        options["transfer_config"] = TransferConfig(
            use_threads=False,
            multipart_threshold=max(PART_BYTES, settings.LARGEST_UPLOAD_MIB * MIB),
            multipart_chunksize=PART_BYTES,
        )
        self._shared: Any = None
        super().__init__(**options)

    @property
    def connection(self) -> Any:
        """Return the resource whose client all threads share: clients are safe to share."""
        if self._shared is None:
            with self._making:
                if self._shared is None:
                    self._shared = self._create_session().resource(
                        "s3",
                        region_name=self.region_name,
                        endpoint_url=self.endpoint_url,
                        verify=self.verify,
                        config=self.client_config,
                    )
        return self._shared

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_shared": None}


def presigned_post(
    name: str, *, largest_mib: int, content_type: str, then: str = ""
) -> dict[str, Any]:
    """Return `url` and `fields` with which a browser sends one file to the bucket by itself.

    The bucket accepts a file of this name, of this type and of at most this size, for as long as a
    signed URL holds; then it sends the browser to the URL `then`, with the name as `key`. The bytes
    pass no task, so they may be more than LARGEST_UPLOAD_MIB. Anyone who has the fields can replace
    the file meanwhile, so give each a name of its own.
    """
    if not isinstance(default_storage, MediaStorage):
        raise ImproperlyConfigured("a presigned post needs the bucket of the production settings")
    storage: Any = default_storage
    fields = {"Content-Type": content_type, **({"success_action_redirect": then} if then else {})}
    post: dict[str, Any] = storage.connection.meta.client.generate_presigned_post(
        storage.bucket_name,
        storage._normalize_name(name),
        Fields=fields,
        Conditions=[{field: value} for field, value in fields.items()]
        + [["content-length-range", 1, largest_mib * MIB]],
        ExpiresIn=storage.querystring_expire,
    )
    return post
