"""What CloudFormation keeps, what it cannot delete, and what it does not let anybody replace.

From AWS's documents: the attribute DeletionPolicy, "Prevent updates to stack resources" for stack policies, and each
service's own refusals, which moto knows for RDS, ECR and S3 and not for load balancers.
"""

import fnmatch
import json
import re
import uuid

from botocore.exceptions import ClientError

from check import AwsError

# Type: service, operation, and its parameters: $ is the physical name, others are properties or @ attributes.
DELETIONS = {
    "AWS::EC2::VPC": ("ec2", "delete_vpc", {"VpcId": "$"}),
    "AWS::EC2::InternetGateway": ("ec2", "delete_internet_gateway", {"InternetGatewayId": "$"}),
    "AWS::EC2::VPCGatewayAttachment": (
        "ec2",
        "detach_internet_gateway",
        {"InternetGatewayId": "InternetGatewayId", "VpcId": "VpcId"},
    ),
    "AWS::EC2::Subnet": ("ec2", "delete_subnet", {"SubnetId": "$"}),
    "AWS::EC2::RouteTable": ("ec2", "delete_route_table", {"RouteTableId": "$"}),
    "AWS::EC2::Route": (
        "ec2",
        "delete_route",
        {"RouteTableId": "RouteTableId", "DestinationCidrBlock": "DestinationCidrBlock"},
    ),
    "AWS::EC2::SubnetRouteTableAssociation": ("ec2", "disassociate_route_table", {"AssociationId": "$"}),
    "AWS::EC2::EIP": ("ec2", "release_address", {"AllocationId": "@AllocationId"}),
    "AWS::EC2::NatGateway": ("ec2", "delete_nat_gateway", {"NatGatewayId": "$"}),
    "AWS::EC2::VPCEndpoint": ("ec2", "delete_vpc_endpoints", {"VpcEndpointIds": ["$"]}),
    "AWS::EC2::SecurityGroup": ("ec2", "delete_security_group", {"GroupId": "$"}),
    "AWS::ECR::Repository": ("ecr", "delete_repository", {"repositoryName": "$"}),
    "AWS::ECS::Cluster": ("ecs", "delete_cluster", {"cluster": "$"}),
    "AWS::Logs::LogGroup": ("logs", "delete_log_group", {"logGroupName": "$"}),
    "AWS::SQS::Queue": ("sqs", "delete_queue", {"QueueUrl": "$"}),
    "AWS::IAM::Role": ("iam", "delete_role", {"RoleName": "$"}),
    "AWS::IAM::RolePolicy": ("iam", "delete_role_policy", {"RoleName": "RoleName", "PolicyName": "$"}),
    "AWS::IAM::OIDCProvider": ("iam", "delete_open_id_connect_provider", {"OpenIDConnectProviderArn": "$"}),
    # CloudFormation leaves no time to change one's mind.
    "AWS::SecretsManager::Secret": (
        "secretsmanager",
        "delete_secret",
        {"SecretId": "$", "ForceDeleteWithoutRecovery": True},
    ),
    "AWS::SNS::Topic": ("sns", "delete_topic", {"TopicArn": "$"}),
    "AWS::RDS::DBSubnetGroup": ("rds", "delete_db_subnet_group", {"DBSubnetGroupName": "$"}),
    "AWS::RDS::DBParameterGroup": ("rds", "delete_db_parameter_group", {"DBParameterGroupName": "$"}),
    "AWS::RDS::DBInstance": ("rds", "delete_db_instance", {"DBInstanceIdentifier": "$"}),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("elbv2", "delete_load_balancer", {"LoadBalancerArn": "$"}),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("elbv2", "delete_target_group", {"TargetGroupArn": "$"}),
    "AWS::ElasticLoadBalancingV2::Listener": ("elbv2", "delete_listener", {"ListenerArn": "$"}),
    "AWS::CloudWatch::Alarm": ("cloudwatch", "delete_alarms", {"AlarmNames": ["$"]}),
    "AWS::CloudWatch::Dashboard": ("cloudwatch", "delete_dashboards", {"DashboardNames": ["$"]}),
    "AWS::ApplicationAutoScaling::ScalableTarget": (
        "application-autoscaling",
        "deregister_scalable_target",
        {"ServiceNamespace": "ServiceNamespace", "ResourceId": "$", "ScalableDimension": "ScalableDimension"},
    ),
    "AWS::S3::Bucket": ("s3", "delete_bucket", {"Bucket": "$"}),
    "AWS::CloudFront::OriginAccessControl": ("cloudfront", "delete_origin_access_control", {"Id": "$"}),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": ("servicediscovery", "delete_namespace", {"Id": "$"}),
    "AWS::ServiceDiscovery::Service": ("servicediscovery", "delete_service", {"Id": "$"}),
}
# Types whose properties fix the physical name: another name is another resource.
NAMED = {
    "AWS::RDS::DBInstance": "DBInstanceIdentifier",
    "AWS::ECR::Repository": "RepositoryName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SecretsManager::Secret": "Name",
}


def keeps(policy, creating):
    """Return whether a resource with this DeletionPolicy outlives its removal."""
    return policy == "Retain" or policy == "RetainExceptOnCreate" and not creating


def delete(aws, tasks, gone, snapshot=""):
    """Delete a resource, or raise what its service says against it. A snapshot has a name where one is to be made."""
    kind = gone["type"]
    if kind == "AWS::ECS::Service":
        tasks.DeleteService({"service": gone["id"]})
    elif kind == "AWS::EC2::SecurityGroupIngress":
        revoke(aws, gone["properties"])
    elif kind in DELETIONS:
        refuse_protected(aws, kind, gone["id"])
        service, operation, names = DELETIONS[kind]
        request = {key: value_of(word, gone) for key, word in names.items()}
        if kind == "AWS::RDS::DBInstance":
            final = {"FinalDBSnapshotIdentifier": snapshot} if snapshot else {"SkipFinalSnapshot": True}
            request |= {**final, "DeleteAutomatedBackups": bool(gone["properties"].get("DeleteAutomatedBackups", True))}
        if kind == "AWS::ECR::Repository":
            request["force"] = str(gone["properties"].get("EmptyOnDelete", False)).lower() == "true"
        client = aws.client(service)
        if kind == "AWS::IAM::Role":
            for policy in client.list_role_policies(RoleName=gone["id"])["PolicyNames"]:
                client.delete_role_policy(RoleName=gone["id"], PolicyName=policy)
        try:
            getattr(client, operation)(**request)
        except ClientError as error:
            # What somebody else has deleted is deleted.
            if not re.search("NotFound|NoSuch|NonExist", error.response["Error"]["Code"]):
                raise


def value_of(word, gone):
    if isinstance(word, list):
        return [value_of(inner, gone) for inner in word]
    if not isinstance(word, str):
        return word
    if word == "$":
        return gone["id"]
    return gone["attributes"][word[1:]] if word.startswith("@") else gone["properties"][word]


def revoke(aws, rule):
    pair = {"UserIdGroupPairs": [{"GroupId": rule["SourceSecurityGroupId"]}]}
    ports = {"IpProtocol": rule["IpProtocol"], "FromPort": int(rule["FromPort"]), "ToPort": int(rule["ToPort"])}
    aws.client("ec2").revoke_security_group_ingress(GroupId=rule["GroupId"], IpPermissions=[ports | pair])


def refuse_protected(aws, kind, name):
    if kind != "AWS::ElasticLoadBalancingV2::LoadBalancer":
        return
    attributes = aws.client("elbv2").describe_load_balancer_attributes(LoadBalancerArn=name)["Attributes"]
    if {"Key": "deletion_protection.enabled", "Value": "true"} in attributes:
        message = f"Load balancer '{name}' cannot be deleted because deletion protection is enabled"
        raise AwsError("OperationNotPermitted", message)


def refuse_taken(aws, kind, properties):
    """Refuse a fixed name that is taken already; moto would hand out what there is, or make a second one."""
    if kind not in TAKEN:
        return
    key, find = TAKEN[kind]
    name = properties.get(key)
    try:
        found = name and find(aws, name)
    except ClientError:
        return
    if found:
        raise AwsError("AlreadyExists", f"Resource of type '{kind}' with identifier '{name}' already exists.")


def topic(aws, name):
    return aws.client("sns").get_topic_attributes(TopicArn=f"arn:aws:sns:{aws.region}:{aws.account}:{name}")


def cluster(aws, name):
    found = aws.client("ecs").describe_clusters(clusters=[name])["clusters"]
    return [item for item in found if item["status"] == "ACTIVE"]


# What tells whether a name is taken: something, nothing, or an error.
TAKEN = {
    "AWS::ECS::Cluster": ("ClusterName", cluster),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (
        "Name",
        lambda aws, name: aws.client("elbv2").describe_load_balancers(Names=[name])["LoadBalancers"],
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (
        "Name",
        lambda aws, name: aws.client("elbv2").describe_target_groups(Names=[name])["TargetGroups"],
    ),
    "AWS::SNS::Topic": ("TopicName", topic),
    "AWS::SQS::Queue": ("QueueName", lambda aws, name: aws.client("sqs").get_queue_url(QueueName=name)),
    "AWS::S3::Bucket": ("BucketName", lambda aws, name: aws.client("s3").head_bucket(Bucket=name)),
    "AWS::CloudWatch::Alarm": (
        "AlarmName",
        lambda aws, name: aws.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"],
    ),
}


def refuse_certificate(aws, properties):
    """Refuse a listener with a certificate that ACM has not issued, in the words of ELB."""
    for item in properties.get("Certificates", []):
        arn = item["CertificateArn"]
        try:
            about = aws.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]
        except ClientError as error:
            raise AwsError("CertificateNotFound", f"Certificate ARN '{arn}' is not valid") from error
        if about["Status"] != "ISSUED":
            message = (
                f"The certificate '{arn}' must have a fully-qualified domain name, a supported signature, and a"
                " supported RSA key size."
            )
            raise AwsError("UnsupportedCertificate", message)


def denied(policy, action, logical, kind):
    """Return which statement of a stack policy denies an update; none without a policy."""
    for number, statement in enumerate(json.loads(policy)["Statement"] if policy else []):
        actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        types = statement.get("Condition", {}).get("StringEquals", {}).get("ResourceType", [kind])
        name = f"LogicalResourceId/{logical}"
        fits = fnmatch.fnmatch(name, statement.get("Resource", "*"))
        if "NotResource" in statement:
            fits = not fnmatch.fnmatch(name, statement["NotResource"])
        if statement["Effect"] == "Deny" and fits and kind in types and any(fnmatch.fnmatch(action, a) for a in actions):
            return f"Action denied by stack policy: Statement [#{number}] does not allow [{action}] for resource [{name}]"
    return ""


def snapshot_name(stack, logical):
    return f"{stack}-snapshot-{logical}-{uuid.uuid4().hex[:12]}".lower()
