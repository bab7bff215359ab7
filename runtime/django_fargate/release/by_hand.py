"""Infrastructure that someone else creates, with the names of deploy/README.md."""

from __future__ import annotations

from .aws import Aws, Revision
from .ecs_deployment import EcsDeployment
from .facts import NOBODY_SAYS, Facts
from .outcomes import Refused
from .services import primary_of, refuse_if_migrating


class ByHand:
    def __init__(self, aws: Aws) -> None:
        self.aws = aws

    def facts(self) -> Facts:
        """Return what somebody else has made, found by its name."""
        aws, slug = self.aws, self.aws.configuration.slug
        service = aws.service(Facts({"ClusterName": slug}, NOBODY_SAYS))
        if service is None:
            name = aws.configuration.web
            raise Refused(f"there is no service {name}: deploy/README.md says how to create it")
        network = service["networkConfiguration"]["awsvpcConfiguration"]
        balancers = aws.elbv2.describe_load_balancers(Names=[slug])["LoadBalancers"]
        instances = aws.rds.describe_db_instances(DBInstanceIdentifier=slug)["DBInstances"]
        repositories = aws.ecr.describe_repositories(repositoryNames=[slug])["repositories"]
        values = {
            "ClusterName": slug,
            "RepositoryUri": repositories[0]["repositoryUri"],
            "LoadBalancerDnsName": balancers[0]["DNSName"],
            "TargetGroupArn": service["loadBalancers"][0]["targetGroupArn"],
            "DatabaseEndpoint": instances[0]["Endpoint"]["Address"],
            "PrivateSubnetIds": ",".join(network["subnets"]),
            "TaskSecurityGroupId": ",".join(network["securityGroups"]),
        }
        return Facts(values | self.broker(), NOBODY_SAYS)

    def broker(self) -> dict[str, str]:
        """Return where Celery's broker is."""
        aws, slug = self.aws, self.aws.configuration.slug
        if aws.configuration.broker == "sqs":
            name = aws.named("celery")
            return {"QueueUrl": aws.sqs.get_queue_url(QueueName=name)["QueueUrl"]}
        if aws.configuration.broker == "redis":
            groups = aws.elasticache.describe_replication_groups(ReplicationGroupId=slug)
            primary = groups["ReplicationGroups"][0]["NodeGroups"][0]["PrimaryEndpoint"]
            return {"RedisEndpoint": str(primary["Address"])}
        return {}

    def states(self) -> list[str]:
        return []

    def running(self, facts: Facts) -> Revision | None:
        primary = primary_of(self.aws.service(facts))
        arn = primary["taskDefinition"] if primary else ""
        return self.aws.revision(arn) if arn else None

    def is_broken(self, facts: Facts) -> bool:
        primary = primary_of(self.aws.service(facts)) or {}
        return primary.get("rolloutState") == "FAILED"

    def refuse_if_busy(self, facts: Facts) -> None:
        """A deployment or a migration that goes on is the lock."""
        for service in self.aws.configuration.services:
            name = self.aws.named(service.name)
            primary = primary_of(self.aws.service(facts, name))
            if primary and primary.get("rolloutState") == "IN_PROGRESS":
                raise Refused(f"{name} is being deployed: wait until that is done")
        refuse_if_migrating(self.aws, facts)

    def refuse_undeployable(self, facts: Facts) -> None:
        """Refuse where a service that is to be updated is missing."""
        for service in self.aws.configuration.companions:
            name = self.aws.named(service.name)
            if self.aws.service(facts, name) is None:
                raise Refused(f"there is no service {name}: deploy/README.md says how to create it")

    def deploy(self, facts: Facts, revisions: dict[str, str], automatic_rollback: bool) -> None:
        EcsDeployment(self.aws, facts, revisions, automatic_rollback).run()
