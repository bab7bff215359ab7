"""Whether the load balancer can use the certificate that it is given."""

from __future__ import annotations

from .aws import Aws
from .holders import looked_at
from .outcomes import Refused
from .parameters import declared, file_of, user_parameters


def certificate_faults(aws: Aws) -> list[str]:
    """Return why the load balancer could not use the certificate of deploy/parameters.json."""
    configuration = aws.configuration
    region, domain = configuration.region, configuration.domain
    if "CertificateArn" not in declared(file_of(configuration, "platform")):
        return []
    arn = user_parameters(configuration).get("platform", {}).get("CertificateArn", "")
    if not arn:
        raise Refused("deploy/parameters.json must contain CertificateArn of the stack platform")
    answer = looked_at(arn, lambda: aws.acm.describe_certificate(CertificateArn=arn))
    if answer is None:
        return [f"there is no certificate {arn} in this account and region"]
    about = answer["Certificate"]
    if about["Status"] == "PENDING_VALIDATION":
        return [
            f"the certificate {arn} is PENDING_VALIDATION: ACM issues it when the domain's DNS has"
            f" the record that `aws acm describe-certificate --region {region} --certificate-arn"
            f" {arn} --query 'Certificate.DomainValidationOptions[].ResourceRecord'` prints"
        ]
    if about["Status"] != "ISSUED":
        return [f"the certificate {arn} is {about['Status']}: request another one"]
    names = {about["DomainName"], *about.get("SubjectAlternativeNames", [])}
    if names.isdisjoint({domain, f"*.{domain.partition('.')[2]}"}):
        return [f"the certificate {arn} is for {', '.join(sorted(names))}, not for {domain}"]
    return []
