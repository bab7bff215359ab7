"""What is looked for under a name: service, operation, its answer when it is there, and the error
or answer when it is not.
"""


def headers_policy(name):
    return {"ResponseHeadersPolicy": {"ResponseHeadersPolicyConfig": {"Name": name}}}


HELD = {
    "AWS::CloudFront::OriginAccessControl": (
        "cloudfront",
        "list_origin_access_controls",
        {"OriginAccessControlList": {"Items": [{"Name": "taken"}]}},
        {"OriginAccessControlList": {}},
    ),
    "AWS::CloudFront::ResponseHeadersPolicy": (
        "cloudfront",
        "list_response_headers_policies",
        {"ResponseHeadersPolicyList": {"Items": [headers_policy("taken")]}},
        {"ResponseHeadersPolicyList": {"Items": [headers_policy("taken-too")]}},
    ),
    "AWS::CloudWatch::Alarm": (
        "cloudwatch",
        "describe_alarms",
        {"MetricAlarms": [{"AlarmName": "taken"}]},
        {"MetricAlarms": []},
    ),
    "AWS::CloudWatch::Dashboard": ("cloudwatch", "get_dashboard", {}, "ResourceNotFound"),
    "AWS::ECR::Repository": (
        "ecr",
        "describe_repositories",
        {"repositories": [{"repositoryName": "taken"}]},
        "RepositoryNotFoundException",
    ),
    "AWS::ECS::Cluster": (
        "ecs",
        "describe_clusters",
        {"clusters": [{"status": "ACTIVE"}]},
        {"clusters": [{"status": "INACTIVE"}]},
    ),
    "AWS::ElastiCache::ReplicationGroup": (
        "elasticache",
        "describe_replication_groups",
        {"ReplicationGroups": [{}]},
        "ReplicationGroupNotFoundFault",
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (
        "elbv2",
        "describe_load_balancers",
        {"LoadBalancers": [{}]},
        "LoadBalancerNotFound",
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (
        "elbv2",
        "describe_target_groups",
        {"TargetGroups": [{}]},
        "TargetGroupNotFound",
    ),
    "AWS::IAM::Role": ("iam", "get_role", {"Role": {}}, "NoSuchEntity"),
    "AWS::Logs::LogGroup": (
        "logs",
        "describe_log_groups",
        {"logGroups": [{"logGroupName": "taken"}]},
        {"logGroups": [{"logGroupName": "taken-too"}]},
    ),
    "AWS::RDS::DBInstance": (
        "rds",
        "describe_db_instances",
        {"DBInstances": [{}]},
        "DBInstanceNotFound",
    ),
    "AWS::S3::Bucket": ("s3", "head_bucket", {"BucketRegion": "here"}, "404"),
    "AWS::SecretsManager::Secret": (
        "secretsmanager",
        "describe_secret",
        {"Name": "taken"},
        "ResourceNotFoundException",
    ),
    "AWS::SES::EmailIdentity": (
        "sesv2",
        "get_email_identity",
        {"IdentityType": "DOMAIN"},
        "NotFoundException",
    ),
    "AWS::SNS::Topic": (
        "sns",
        "list_topics",
        {"Topics": [{"TopicArn": "arn:topics:taken"}]},
        {"Topics": [{"TopicArn": "arn:topics:taken-too"}]},
    ),
    "AWS::SQS::Queue": (
        "sqs",
        "get_queue_url",
        {"QueueUrl": "taken"},
        "AWS.SimpleQueueService.NonExistentQueue",
    ),
}
