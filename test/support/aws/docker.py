"""A `docker` that builds nothing: what is pushed arrives in the registry of the AWS stand-in, for amd64.

The commit that is the image's tag is laid out in STAND_IN_IMAGES, as the image would hold it; PgBouncer's image has
another tag, and nothing of the commit. What docker was asked for stands there, too.
"""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import boto3

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
    text, kind = json.dumps(manifest), {"imageManifestMediaType": MANIFEST}
    ecr = boto3.client("ecr", region_name="us-east-1")
    ecr.put_image(repositoryName=repository, imageManifest=text, imageTag=tag, **kind)


def lay_out(tag):
    folder = Path(os.environ["STAND_IN_IMAGES"]) / tag
    folder.mkdir(parents=True, exist_ok=True)
    files = subprocess.run(["git", "archive", tag], capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x", "-C", str(folder)], input=files, check=True)


images = Path(os.environ["STAND_IN_IMAGES"])
images.mkdir(parents=True, exist_ok=True)
with (images / "asked").open("a") as asked:
    print(*sys.argv[1:], file=asked)

if sys.argv[1] == "push":
    name, _, tag = sys.argv[-1].rpartition(":")
    repository = name.partition("/")[2]
    if tag != "buildcache":
        if not repository.endswith("-pgbouncer"):
            lay_out(tag)
        push(repository, tag, "amd64")
