"""Whether the pipeline's identity provider can be made or used."""

from __future__ import annotations

import re

from .aws import Aws
from .holders import looked_at
from .names import own_resources, parts_of
from .outcomes import say
from .parameters import file_of, values_of


def provider_faults(aws: Aws) -> list[str]:
    """Return why the pipeline's identity provider could not be made or used."""
    body = file_of(aws.configuration, "platform")
    parts = dict(parts_of(body))
    if "OidcProvider" not in parts:
        return []
    values = values_of(aws.configuration, "platform", body)
    words = re.search(
        r"Url: (?:!Sub )?https://(\S+)\s+ClientIdList:\s+- (?:!Sub )?(\S+)", parts["OidcProvider"]
    )
    if words is None:
        say("not checked: the identity provider of platform.yaml")
        return []
    url, client = (
        re.sub(r"\$\{(\w+)\}", lambda match: values.get(match[1], match[0]), text)
        for text in words.groups()
    )
    answer = looked_at("the identity providers", aws.iam.list_open_id_connect_providers)
    there = {
        item["Arn"].partition(":oidc-provider/")[2]: item["Arn"]
        for item in answer["OpenIDConnectProviderList"]
    }
    given = values.get("ExistingOidcProviderArn", "")
    if not given and (url not in there or "OidcProvider" in own_resources(aws, "platform")):
        return []
    if not given:
        return [
            f"this account already has the identity provider {there[url]}, and can have only one:"
            " write this ARN as ExistingOidcProviderArn of platform into deploy/parameters.json"
        ]
    if given not in there.values():
        return [f"ExistingOidcProviderArn of platform: there is no identity provider {given}"]
    about = looked_at(
        given, lambda: aws.iam.get_open_id_connect_provider(OpenIDConnectProviderArn=given)
    )
    if client not in about["ClientIDList"]:
        return [
            f"the identity provider {given} does not accept the audience {client}:"
            " `aws iam add-client-id-to-open-id-connect-provider"
            f" --open-id-connect-provider-arn {given} --client-id {client}`"
        ]
    return []
