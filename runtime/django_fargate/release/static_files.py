"""The collected static files, where CloudFront serves them from a bucket."""

from __future__ import annotations

import hashlib
import json
import mimetypes
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .aws import Aws
from .facts import Facts
from .outcomes import Refused, say


def upload(aws: Aws, facts: Facts, folder: Path) -> None:
    """Copy the collected files to the bucket and delete none: the old release still links to them.

    A hashed name never changes its content, so it may be cached for good, and is sent once.
    """
    manifest = folder / "staticfiles.json"
    if not manifest.is_file():
        raise Refused(f"{manifest} does not exist: collect the static files first (make static)")
    hashed = set(json.loads(manifest.read_text(encoding="utf-8"))["paths"].values())
    bucket = facts["StaticBucketName"]
    pages = aws.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    there = {
        item["Key"]: item["ETag"].strip('"') for page in pages for item in page.get("Contents", [])
    }
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path != manifest]

    def put(path: Path) -> int:
        name = path.relative_to(folder).as_posix()
        body = path.read_bytes()
        digest = hashlib.md5(body, usedforsecurity=False).hexdigest()
        if there.get(name) == digest or (name in hashed and name in there):
            return 0
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        text = kind.startswith("text/") or kind in ("application/javascript", "application/json")
        age = "max-age=31536000, immutable" if name in hashed else "max-age=300"
        aws.s3.put_object(
            Bucket=bucket,
            Key=name,
            Body=body,
            ContentType=f"{kind}; charset=utf-8" if text else kind,
            CacheControl=f"public, {age}",
        )
        return 1

    with ThreadPoolExecutor(8) as pool:
        sent = sum(pool.map(put, files))
    say(f"static files: {sent} of {len(files)} sent to {bucket}")
