"""The roles that AWS's services work with, which a new account lacks."""

from __future__ import annotations

from .aws import Aws
from .holders import looked_at
from .outcomes import say
from .parameters import file_of

# The role that a service works with behind a type of resource. AWS makes it at the first use, which
# can fail because of that.
LINKED_ROLES = {
    "AWS::ApplicationAutoScaling::ScalableTarget": "ecs.application-autoscaling.amazonaws.com",
    "AWS::ECS::Cluster": "ecs.amazonaws.com",
    "AWS::ElastiCache::ReplicationGroup": "elasticache.amazonaws.com",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "elasticloadbalancing.amazonaws.com",
    "AWS::RDS::DBInstance": "rds.amazonaws.com",
}


def make_linked_roles(aws: Aws) -> None:
    """Make the roles that services work with, where this account never used them."""
    text = "\n".join(file_of(aws.configuration, name) for name in aws.configuration.stacks)
    for kind, service in LINKED_ROLES.items():
        path = f"/aws-service-role/{service}/"
        look = lambda path=path: aws.iam.list_roles(PathPrefix=path)["Roles"]  # noqa: E731
        if f"Type: {kind}\n" in text and not looked_at(f"the roles in {path}", look):
            aws.iam.create_service_linked_role(AWSServiceName=service)
            say(f"created the role of {service}, which this account had not used yet")
