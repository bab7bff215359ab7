"""What is looked at before the first stack: the certificate, the identity provider, the quotas."""

from dataclasses import replace

import pytest
from botocore.exceptions import EndpointConnectionError

from django_fargate.release import quotas
from django_fargate.release.certificates import certificate_faults
from django_fargate.release.providers import provider_faults
from django_fargate.release.quotas import quota_of

from .client import error
from .releases import refuses
from .repository import write_parameters, write_stack
from .shapes import with_stacks

pytestmark = with_stacks

CERTIFICATE = "arn:aws:acm:here:123456789012:certificate/1"


@pytest.mark.parametrize(
    ("about", "message"),
    [
        ({"Status": "PENDING_VALIDATION"}, "is PENDING_VALIDATION: ACM issues it when the domain"),
        ({"Status": "EXPIRED"}, "is EXPIRED: request another one"),
        ({"DomainName": "example.org"}, "is for example.org, not for www.example.com"),
        (None, "there is no certificate arn:aws:acm:here:123456789012:certificate/1 in this"),
    ],
)
def test_a_certificate_that_no_listener_could_use_is_refused(world, capsys, about, message):
    world.stacks.clear()
    with_certificate(world, about)
    refuses(world, capsys, message)


@pytest.mark.parametrize("names", [["www.example.com"], ["example.com", "*.example.com"]])
def test_a_certificate_that_is_issued_for_the_domain_is_taken(world, names):
    with_certificate(world, {"SubjectAlternativeNames": names})
    assert certificate_faults(world.aws) == []


def with_certificate(world, about):
    lines = ("Parameters:", "  CertificateArn:", "    Type: String", "Resources: {}")
    write_stack(world.configuration, "platform", *lines)
    write_parameters(world.configuration, {"platform": {"CertificateArn": CERTIFICATE}})
    world.configuration = replace(world.configuration, domain="www.example.com")
    whole = {"Status": "ISSUED", "DomainName": "www.example.com"} | (about or {})
    answer = {"Certificate": whole} if about else error("ResourceNotFoundException", "no")
    world.answer("acm", describe_certificate=answer)


PROVIDER = "arn:aws:iam::123456789012:oidc-provider/ci.example.com/mine"


@pytest.mark.parametrize(
    ("there", "given", "audience", "message"),
    [
        (PROVIDER, "", "", f"this account already has the identity provider {PROVIDER}"),
        ("", PROVIDER, "", f"there is no identity provider {PROVIDER}"),
        (PROVIDER, PROVIDER, "else", f"{PROVIDER} does not accept the audience of-mine: `aws iam"),
    ],
)
def test_an_identity_provider_that_could_not_be_used_is_refused(
    world, capsys, there, given, audience, message
):
    world.stacks.clear()
    with_provider(world, there, given, audience)
    refuses(world, capsys, message)


def test_an_identity_provider_that_is_named_or_not_there_is_taken(world):
    world.stacks.clear()
    with_provider(world, PROVIDER, PROVIDER, "of-mine")
    assert provider_faults(world.aws) == []
    with_provider(world, "", "", "")
    assert provider_faults(world.aws) == []


def with_provider(world, there, given, audience):
    write_stack(
        world.configuration,
        "platform",
        "Parameters:",
        "  Workspace:",
        "    Type: String",
        "  ExistingOidcProviderArn:",
        "    Type: String",
        '    Default: ""',
        "Resources:",
        "  OidcProvider:",
        "    Type: AWS::IAM::OIDCProvider",
        "    Properties:",
        "      Url: !Sub https://ci.example.com/${Workspace}",
        "      ClientIdList:",
        "        - !Sub of-${Workspace}",
    )
    given = {"Workspace": "mine", "ExistingOidcProviderArn": given}
    write_parameters(world.configuration, {"platform": given})
    found = [{"Arn": there}] if there else []
    world.answer(
        "iam",
        list_open_id_connect_providers={"OpenIDConnectProviderList": found},
        get_open_id_connect_provider={"ClientIDList": [audience]},
    )


def allow(world, value):
    world.answer("service-quotas", get_service_quota={"Quota": {"Value": float(value)}})


def test_too_few_vcpu_for_the_first_release_are_refused(world, capsys):
    world.stacks.clear()
    allow(world, 0)
    refuses(world, capsys, "this account may run 0 vCPU on Fargate at once, but needs")


def test_too_few_for_the_ceiling_are_said_with_what_to_ask_for(world, capsys, monkeypatch):
    monkeypatch.setattr(quotas, "tasks_of", lambda configuration: {"web": (1, 10_000)})
    allow(world, 100)
    assert world.main("bootstrap") == 0
    said = capsys.readouterr().out
    assert "at the maximum, which it cannot reach until then: `aws service-quotas request-" in said


def test_a_quota_that_was_never_raised_is_the_default_one(world):
    gone = world.client("service-quotas").exceptions.NoSuchResourceException({}, "GetServiceQuota")
    default = {"Quota": {"Value": 6.0}}
    world.answer("service-quotas", get_service_quota=gone, get_aws_default_service_quota=default)
    assert quota_of(world.aws, "fargate", "L-3032A538") == 6


def test_a_quota_that_nobody_may_see_is_said(world, capsys):
    world.answer("service-quotas", get_service_quota=error("AccessDenied", "not authorized"))
    assert world.main("bootstrap") == 0
    assert "not checked: the quota L-3032A538 of fargate: AccessDenied" in capsys.readouterr().out
    nowhere = EndpointConnectionError(endpoint_url="https://quotas.example.com")
    world.answer("service-quotas", get_service_quota=nowhere)
    assert quota_of(world.aws, "fargate", "L-3032A538") is None
    assert "not checked: the quota L-3032A538 of fargate: Could not" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("VPC", {"describe_vpcs": {"Vpcs": [{}] * 4000}}),
        ("EIP", {"describe_addresses": {"Addresses": [{}] * 4000}}),
    ],
)
def test_a_network_beyond_the_quota_is_refused(world, capsys, kind, answer):
    world.stacks.clear()
    lines = ("Resources:", "  Made:", f"    Type: AWS::EC2::{kind}", "")
    write_stack(world.configuration, "network", *lines)
    world.answer("ec2", **answer)
    refuses(world, capsys, f"this account has 4000 of 4000 AWS::EC2::{kind}, and needs one more")
