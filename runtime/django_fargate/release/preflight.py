"""What keeps the stacks from failing late."""

from __future__ import annotations

from .aws import Aws
from .certificates import certificate_faults
from .names import taken_names
from .outcomes import Refused
from .own_secrets import own_secret_faults
from .providers import provider_faults
from .quotas import quota_faults
from .zones import zone_faults


def refuse_what_would_fail(aws: Aws) -> None:
    """Look before anything is made: a first creation that fails late is costly to take back."""
    problems = [*certificate_faults(aws), *provider_faults(aws)]
    problems += [*zone_faults(aws), *quota_faults(aws), *own_secret_faults(aws)]
    names = taken_names(aws)
    if names:
        names.append('see "Take it all down" in deploy/README.md for what an earlier one left')
    if problems or names:
        raise Refused("nothing was changed: " + "; ".join([*problems, *names]))
