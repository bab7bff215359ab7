"""What AWS has under a name that a stack gives: a creation that meets it fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from .aws import Aws
from .outcomes import Refused, reason_of

# Where a type's fixed name stands in a stack's file, and what AWS has under that name.
HOLDERS: dict[str, tuple[str, Callable[[Aws, str], Any]]] = {
    "AWS::CloudFront::OriginAccessControl": (
        "Name",
        lambda aws, name: [
            item
            for page in aws.cloudfront.get_paginator("list_origin_access_controls").paginate()
            for item in page["OriginAccessControlList"].get("Items", [])
            if item["Name"] == name
        ],
    ),
    "AWS::CloudFront::ResponseHeadersPolicy": (
        "Name",
        # No paginator of boto3 knows it; an account has 20 of its own, and a page holds 100.
        lambda aws, name: [
            item
            for item in aws.cloudfront.list_response_headers_policies(
                Type="custom", MaxItems="100"
            )["ResponseHeadersPolicyList"].get("Items", [])
            if item["ResponseHeadersPolicy"]["ResponseHeadersPolicyConfig"]["Name"] == name
        ],
    ),
    "AWS::CloudWatch::Alarm": (
        "AlarmName",
        lambda aws, name: aws.cloudwatch.describe_alarms(
            AlarmNames=[name], AlarmTypes=["MetricAlarm"]
        )["MetricAlarms"],
    ),
    "AWS::CloudWatch::Dashboard": (
        "DashboardName",
        lambda aws, name: aws.cloudwatch.get_dashboard(DashboardName=name),
    ),
    "AWS::ECR::Repository": (
        "RepositoryName",
        lambda aws, name: aws.ecr.describe_repositories(repositoryNames=[name])["repositories"],
    ),
    "AWS::ECS::Cluster": (
        "ClusterName",
        lambda aws, name: [
            item
            for item in aws.ecs.describe_clusters(clusters=[name])["clusters"]
            if item["status"] != "INACTIVE"
        ],
    ),
    "AWS::ElastiCache::ReplicationGroup": (
        "ReplicationGroupId",
        lambda aws, name: aws.elasticache.describe_replication_groups(ReplicationGroupId=name),
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (
        "Name",
        lambda aws, name: aws.elbv2.describe_load_balancers(Names=[name])["LoadBalancers"],
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (
        "Name",
        lambda aws, name: aws.elbv2.describe_target_groups(Names=[name])["TargetGroups"],
    ),
    "AWS::IAM::Role": ("RoleName", lambda aws, name: aws.iam.get_role(RoleName=name)),
    "AWS::Logs::LogGroup": (
        "LogGroupName",
        lambda aws, name: [
            item
            for item in aws.logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
            if item["logGroupName"] == name
        ],
    ),
    "AWS::RDS::DBInstance": (
        "DBInstanceIdentifier",
        lambda aws, name: aws.rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"],
    ),
    "AWS::S3::Bucket": ("BucketName", lambda aws, name: aws.s3.head_bucket(Bucket=name)),
    "AWS::SecretsManager::Secret": (
        "Name",
        lambda aws, name: aws.secretsmanager.describe_secret(SecretId=name),
    ),
    "AWS::SES::EmailIdentity": (
        "EmailIdentity",
        lambda aws, name: aws.sesv2.get_email_identity(EmailIdentity=name),
    ),
    "AWS::SNS::Topic": (
        "TopicName",
        lambda aws, name: [
            item
            for page in aws.sns.get_paginator("list_topics").paginate()
            for item in page["Topics"]
            if item["TopicArn"].rpartition(":")[2] == name
        ],
    ),
    "AWS::SQS::Queue": ("QueueName", lambda aws, name: aws.sqs.get_queue_url(QueueName=name)),
}
# How the services say that there is no such thing.
ABSENT = (
    "404",
    "AWS.SimpleQueueService.NonExistentQueue",
    "DBInstanceNotFound",
    "LoadBalancerNotFound",
    "NoSuchEntity",
    "NotFoundException",
    "QueueDoesNotExist",
    "ReplicationGroupNotFoundFault",
    "RepositoryNotFoundException",
    "ResourceNotFound",
    "ResourceNotFoundException",
    "TargetGroupNotFound",
)


def looked_at(what: str, look: Callable[[], Any]) -> Any:
    """Return what AWS answers; nothing for what is not there. What cannot be seen is refused."""
    try:
        return look()
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in ABSENT:
            return None
        raise Refused(f"cannot look at {what}: {reason_of(error)}") from error
