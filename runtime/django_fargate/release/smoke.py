"""Whether the new release answers."""

from __future__ import annotations

import json
import time
from typing import Any

import urllib3

from .configuration import Configuration
from .facts import Facts
from .outcomes import Failed, say

# A new release must answer so often without an old one in between.
SMOKE_ANSWERS = 3


def ask(configuration: Configuration, facts: Facts, sha: str) -> None:
    """Ask /readyz through the load balancer until only the new release answers.

    Asked at the load balancer's own name, so that it works before the domain points there.
    """
    domain, seconds = configuration.domain, configuration.smoke_seconds
    host, _, port = facts["LoadBalancerDnsName"].partition(":")
    limit = urllib3.Timeout(connect=5, read=10)
    options: dict[str, Any] = {"timeout": limit, "retries": False, "maxsize": 1}
    pool: urllib3.HTTPConnectionPool
    if domain:
        pool = urllib3.HTTPSConnectionPool(
            host, int(port or 443), server_hostname=domain, assert_hostname=domain, **options
        )
    else:
        pool = urllib3.HTTPConnectionPool(host, int(port or 80), **options)
    headers = {"Host": domain or host, "Connection": "close"}
    deadline = time.monotonic() + seconds
    good, answer = 0, ""
    while good < SMOKE_ANSWERS:
        before = answer
        try:
            response = pool.request("GET", "/readyz", headers=headers, redirect=False)
            text = response.data.decode(errors="replace").strip()
            answer = f"{response.status} {text[:200]}"
            new = response.status == 200 and json.loads(text).get("git_sha") == sha
        except (urllib3.exceptions.HTTPError, ValueError, AttributeError) as error:
            answer = answer if isinstance(error, ValueError) else f"no answer: {error}"
            new = False
        good = good + 1 if new else 0
        if answer != before:
            say(f"/readyz: {answer}")
        if good < SMOKE_ANSWERS:
            if time.monotonic() > deadline:
                raise Failed(
                    f"{sha[:12]} runs, but /readyz did not answer with it {SMOKE_ANSWERS} times in"
                    f" a row within {seconds:g} s. To roll back:"
                    " python -m django_fargate.release rollback"
                )
            time.sleep(min(1.0, configuration.poll_seconds))
