"""Pushes an image to the registry of the AWS stand-in, for amd64, for a `docker` that builds nothing.

The commit that is the image's tag is laid out in STAND_IN_IMAGES, as the image would hold it; PgBouncer's image has another
tag, and nothing of the commit. Without boto3, which takes longer to import than all of this.
"""

import hashlib
import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

CONFIGURATION = "application/vnd.oci.image.config.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


def push(repository, tag, architecture):
    digest = hashlib.sha256(tag.encode()).hexdigest()
    # The stand-in answers for a configuration by the end of its digest.
    configuration = f"sha256:{digest[:61]}{architecture[:3]}"
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {"mediaType": CONFIGURATION, "digest": configuration, "size": 1},
        "layers": [{"mediaType": LAYER, "digest": f"sha256:{digest}", "size": 1}],
    }
    body = {
        "repositoryName": repository,
        "imageManifest": json.dumps(manifest),
        "imageManifestMediaType": MANIFEST,
        "imageTag": tag,
    }
    # The password that it was given at its login.
    key = (Path(os.environ["STAND_IN_IMAGES"]) / "login").read_text().strip()
    headers = {
        # Whose login it is may do what his role may.
        "Authorization": f"AWS4-HMAC-SHA256 Credential={key}/20260101/us-east-1/ecr/aws4_request",
        "X-Amz-Target": "AmazonEC2ContainerRegistry_V20150921.PutImage",
        "Content-Type": "application/x-amz-json-1.1",
    }
    request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"], json.dumps(body).encode(), headers)
    urllib.request.urlopen(request).read()


def lay_out(tag):
    folder = Path(os.environ["STAND_IN_IMAGES"]) / tag
    folder.mkdir(parents=True, exist_ok=True)
    files = subprocess.run(["git", "archive", tag], capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x", "-C", str(folder)], input=files, check=True)


name, _, tag = sys.argv[-1].rpartition(":")
repository = name.partition("/")[2]
if not repository.endswith("-pgbouncer"):
    lay_out(tag)
push(repository, tag, "amd64")
