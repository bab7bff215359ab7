"""The types of resources, each made by moto's own API: the property names are the parameters' but for their case."""

import json
import secrets
import string
import time
import uuid

from botocore import xform_name
from botocore.validate import ParamValidator

import protection
from check import AwsError, convert

# Type: service, operation, the physical name, and its attributes: paths in the answer, or a parameter with a dollar.
TYPES = {
    "AWS::EC2::VPC": ("ec2", "CreateVpc", "Vpc.VpcId", {}),
    "AWS::EC2::InternetGateway": ("ec2", "CreateInternetGateway", "InternetGateway.InternetGatewayId", {}),
    "AWS::EC2::VPCGatewayAttachment": ("ec2", "AttachInternetGateway", "$InternetGatewayId", {}),
    "AWS::EC2::Subnet": ("ec2", "CreateSubnet", "Subnet.SubnetId", {}),
    "AWS::EC2::RouteTable": ("ec2", "CreateRouteTable", "RouteTable.RouteTableId", {}),
    "AWS::EC2::Route": ("ec2", "CreateRoute", "$RouteTableId", {}),
    "AWS::EC2::SubnetRouteTableAssociation": ("ec2", "AssociateRouteTable", "AssociationId", {}),
    "AWS::EC2::EIP": ("ec2", "AllocateAddress", "PublicIp", {"AllocationId": "AllocationId"}),
    "AWS::EC2::NatGateway": ("ec2", "CreateNatGateway", "NatGateway.NatGatewayId", {}),
    "AWS::EC2::VPCEndpoint": ("ec2", "CreateVpcEndpoint", "VpcEndpoint.VpcEndpointId", {}),
    "AWS::EC2::SecurityGroup": ("ec2", "CreateSecurityGroup", "GroupId", {"GroupId": "GroupId"}),
    "AWS::ECR::Repository": (
        "ecr",
        "CreateRepository",
        "$repositoryName",
        {"Arn": "repository.repositoryArn", "RepositoryUri": "repository.repositoryUri"},
    ),
    "AWS::ECS::Cluster": ("ecs", "CreateCluster", "$clusterName", {"Arn": "cluster.clusterArn"}),
    "AWS::Logs::LogGroup": ("logs", "CreateLogGroup", "$logGroupName", {}),
    "AWS::Logs::MetricFilter": ("logs", "PutMetricFilter", "$filterName", {}),
    "AWS::SQS::Queue": ("sqs", "CreateQueue", "QueueUrl", {"QueueName": "$QueueName"}),
    "AWS::SQS::QueuePolicy": ("sqs", "SetQueueAttributes", "$QueueUrl", {}),
    "AWS::IAM::Role": ("iam", "CreateRole", "$RoleName", {"Arn": "Role.Arn"}),
    "AWS::IAM::RolePolicy": ("iam", "PutRolePolicy", "$PolicyName", {}),
    "AWS::IAM::ManagedPolicy": ("iam", "CreatePolicy", "Policy.Arn", {}),
    "AWS::IAM::OIDCProvider": ("iam", "CreateOpenIDConnectProvider", "OpenIDConnectProviderArn", {}),
    "AWS::SecretsManager::Secret": ("secretsmanager", "CreateSecret", "ARN", {}),
    "AWS::SES::EmailIdentity": (
        "sesv2",
        "CreateEmailIdentity",
        "$EmailIdentity",
        {},
    ),
    "AWS::ElastiCache::SubnetGroup": ("elasticache", "CreateCacheSubnetGroup", "$CacheSubnetGroupName", {}),
    "AWS::ElastiCache::ParameterGroup": ("elasticache", "CreateCacheParameterGroup", "$CacheParameterGroupName", {}),
    "AWS::ElastiCache::ReplicationGroup": (
        "elasticache",
        "CreateReplicationGroup",
        "$ReplicationGroupId",
        {"PrimaryEndPoint.Address": "ReplicationGroup.NodeGroups.PrimaryEndpoint.Address"},
    ),
    "AWS::SNS::Topic": ("sns", "CreateTopic", "TopicArn", {}),
    "AWS::SNS::Subscription": ("sns", "Subscribe", "SubscriptionArn", {}),
    "AWS::RDS::DBSubnetGroup": ("rds", "CreateDBSubnetGroup", "$DBSubnetGroupName", {}),
    "AWS::RDS::DBParameterGroup": ("rds", "CreateDBParameterGroup", "$DBParameterGroupName", {}),
    "AWS::RDS::DBInstance": (
        "rds",
        "CreateDBInstance",
        "$DBInstanceIdentifier",
        {
            "Endpoint.Address": "DBInstance.Endpoint.Address",
            "Endpoint.Port": "DBInstance.Endpoint.Port",
            "MasterUserSecret.SecretArn": "DBInstance.MasterUserSecret.SecretArn",
        },
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("elbv2", "CreateLoadBalancer", "LoadBalancers.LoadBalancerArn", {}),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("elbv2", "CreateTargetGroup", "TargetGroups.TargetGroupArn", {}),
    "AWS::ElasticLoadBalancingV2::Listener": ("elbv2", "CreateListener", "Listeners.ListenerArn", {}),
    "AWS::CloudWatch::Alarm": ("cloudwatch", "PutMetricAlarm", "$AlarmName", {}),
    "AWS::CloudWatch::Dashboard": ("cloudwatch", "PutDashboard", "$DashboardName", {}),
    "AWS::ApplicationAutoScaling::ScalableTarget": (
        "application-autoscaling",
        "RegisterScalableTarget",
        "$ResourceId",
        {},
    ),
    "AWS::ApplicationAutoScaling::ScalingPolicy": ("application-autoscaling", "PutScalingPolicy", "PolicyARN", {}),
    "AWS::S3::Bucket": ("s3", "CreateBucket", "$Bucket", {}),
    "AWS::S3::BucketPolicy": ("s3", "PutBucketPolicy", "$Bucket", {}),
    "AWS::CloudFront::OriginAccessControl": ("cloudfront", "CreateOriginAccessControl", "OriginAccessControl.Id", {}),
    "AWS::CloudFront::ResponseHeadersPolicy": ("cloudfront", "CreateResponseHeadersPolicy", "Id", {}),
    "AWS::CloudFront::Distribution": ("cloudfront", "CreateDistribution", "Distribution.Id", {}),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": ("servicediscovery", "CreatePrivateDnsNamespace", "OperationId", {}),
    "AWS::ServiceDiscovery::Service": (
        "servicediscovery",
        "CreateService",
        "Service.Id",
        {"Arn": "Service.Arn", "Name": "Service.Name"},
    ),
    "AWS::ECS::Service": ("ecs", "CreateService", "serviceArn", {}),
}
# Properties with another name in the API; None: set by an operation of its own, which nothing here looks at.
NAMES = {
    "AWS::EC2::VPC": {"EnableDnsSupport": None, "EnableDnsHostnames": None},
    "AWS::EC2::Subnet": {"MapPublicIpOnLaunch": None},
    "AWS::EC2::SecurityGroup": {
        "GroupDescription": "Description",
        "SecurityGroupIngress": None,
        "SecurityGroupEgress": None,
    },
    "AWS::EC2::VPCEndpoint": {"PrivateDnsEnabled": None},
    "AWS::ECR::Repository": {"LifecyclePolicy": None, "EmptyOnDelete": None},
    "AWS::ECS::Cluster": {"ClusterSettings": "settings"},
    "AWS::ECS::Service": {"Cluster": "cluster"},
    "AWS::Logs::LogGroup": {"RetentionInDays": None},
    "AWS::IAM::Role": {"Policies": None, "ManagedPolicyArns": None},
    "AWS::IAM::ManagedPolicy": {"Roles": None},
    "AWS::SecretsManager::Secret": {"GenerateSecretString": None},
    "AWS::ElastiCache::SubnetGroup": {"Description": "CacheSubnetGroupDescription"},
    "AWS::ElastiCache::ParameterGroup": {"Properties": None},
    "AWS::SNS::Topic": {"TopicName": "Name", "KmsMasterKeyId": None},
    "AWS::RDS::DBParameterGroup": {"Family": "DBParameterGroupFamily", "Parameters": None},
    "AWS::RDS::DBInstance": {
        "VPCSecurityGroups": "VpcSecurityGroupIds",
        "DeleteAutomatedBackups": None,
        "AllowMajorVersionUpgrade": None,
    },
    "AWS::ElasticLoadBalancingV2::LoadBalancer": {"LoadBalancerAttributes": None},
    "AWS::ElasticLoadBalancingV2::TargetGroup": {"TargetGroupAttributes": None},
    "AWS::S3::BucketPolicy": {"PolicyDocument": "Policy"},
    # Its properties have other names than the parameters, at every depth: cfn-lint has checked them.
    "AWS::CloudFront::Distribution": {"DistributionConfig": None},
}
BUCKET = ("BucketEncryption", "LifecycleConfiguration", "OwnershipControls", "PublicAccessBlockConfiguration")
BUCKET += ("VersioningConfiguration", "CorsConfiguration", "LoggingConfiguration")
NAMES["AWS::S3::Bucket"] = {"BucketName": "Bucket", **dict.fromkeys(BUCKET)}
# A name that CloudFormation makes up when there is none.
GENERATED = {
    "AWS::EC2::SecurityGroup": "GroupName",
    "AWS::RDS::DBSubnetGroup": "DBSubnetGroupName",
    "AWS::RDS::DBParameterGroup": "DBParameterGroupName",
    "AWS::ElastiCache::SubnetGroup": "CacheSubnetGroupName",
    "AWS::ElastiCache::ParameterGroup": "CacheParameterGroupName",
    "AWS::Logs::MetricFilter": "FilterName",
    "AWS::IAM::ManagedPolicy": "PolicyName",
}
# Made again under the same name, these are changed.
PUT = (
    "PutMetricAlarm",
    "PutDashboard",
    "RegisterScalableTarget",
    "PutScalingPolicy",
    "PutRolePolicy",
    "PutBucketPolicy",
    "PutMetricFilter",
    "SetQueueAttributes",
)
# moto has no such operation: checked against the model, and remembered.
UNKNOWN_TO_MOTO = ("CreateResponseHeadersPolicy", "CreateDistribution", "CreateCacheParameterGroup")


def text_of(value):
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, dict) else str(value)


def dkim_records(domain):
    """Return the DNS records of an identity as its resource's attributes say them."""
    records = {}
    # moto makes no tokens.
    for number, token in enumerate(("first", "second", "third"), start=1):
        records[f"DkimDNSTokenName{number}"] = f"{token}._domainkey.{domain}"
        records[f"DkimDNSTokenValue{number}"] = f"{token}.dkim.amazonses.com"
    return records


def differ(before, after):
    """Return the properties of a resource that an update changes."""
    return {key for key in {*before, *after} if before.get(key) != after.get(key)}


class Resources:
    def __init__(self, aws, tasks):
        self.aws, self.tasks = aws, tasks

    def create(self, kind, name, properties):
        if kind == "AWS::EC2::SecurityGroupIngress":
            self.allow(properties["GroupId"], properties)
            return {"id": str(uuid.uuid4()), "attributes": {}}
        if kind == "AWS::ECS::Service":
            return self.create_service(properties)
        if kind not in TYPES:
            raise AwsError("ValidationError", f"Unrecognized resource types: [{kind}]")
        protection.refuse_taken(self.aws, kind, properties)
        protection.refuse_certificate(self.aws, properties)
        service, operation, physical, paths = TYPES[kind]
        request = self.request(kind, properties, name)
        answer = self.send(service, operation, request)
        made = {"id": self.find(physical, answer, request)}
        made["attributes"] = {key: self.find(path, answer, request) for key, path in paths.items()}
        if kind == "AWS::SES::EmailIdentity":
            made["attributes"] = dkim_records(properties["EmailIdentity"])
        self.finish(kind, made, properties, answer)
        return made

    def update(self, kind, known, properties):
        made = {"id": known["id"], "attributes": known["attributes"]}
        if kind == "AWS::ECS::Service":
            self.update_service(properties)
            return made
        service, operation, *_ = TYPES.get(kind, ("", ""))
        if operation in PUT:
            self.send(service, operation, self.request(kind, properties, ""))
        elif kind == "AWS::RDS::DBParameterGroup":
            self.finish(kind, made, properties, {})
        elif kind == "AWS::IAM::Role" and differ(known["properties"], properties) == {"Policies"}:
            self.finish(kind, made, properties, {})
        elif kind == "AWS::RDS::DBInstance":
            made["attributes"] = self.update_database(known, properties)
        else:
            raise AwsError("ValidationError", f"the stand-in cannot update {kind}")
        return made

    def update_database(self, known, properties):
        """Change an instance's tags, and read it again: under its name there may be another one now."""
        before, after = known["properties"], properties
        if differ(before, after) != {"Tags"}:
            raise AwsError("ValidationError", "the stand-in updates nothing of AWS::RDS::DBInstance but its tags")
        rds = self.aws.client("rds")
        try:
            instance = rds.describe_db_instances(DBInstanceIdentifier=known["id"])["DBInstances"][0]
        except rds.exceptions.DBInstanceNotFoundFault as error:
            raise AwsError("NotFound", f"DBInstance {known['id']} not found.") from error
        rds.add_tags_to_resource(ResourceName=instance["DBInstanceArn"], Tags=after["Tags"])
        paths = TYPES["AWS::RDS::DBInstance"][3]
        return {key: self.find(path, {"DBInstance": instance}, {}) for key, path in paths.items()}

    def request(self, kind, properties, name):
        service, operation, *_ = TYPES[kind]
        shape = self.aws.models.get_service_model(service).operation_model(operation).input_shape
        names = NAMES.get(kind, {})
        given = {names.get(key, key): value for key, value in properties.items() if names.get(key, key) is not None}
        if kind in GENERATED:
            given.setdefault(GENERATED[kind], name.lower())
        if service == "ec2":
            # Names of EC2's own are told at creation in another form.
            given.pop("Tags", None)
        if kind == "AWS::ApplicationAutoScaling::ScalableTarget" and int(given["MinCapacity"]) > int(
            given["MaxCapacity"]
        ):
            raise AwsError("ValidationException", "Minimum capacity cannot be greater than maximum capacity")
        if kind == "AWS::ApplicationAutoScaling::ScalingPolicy":
            target = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}
            given |= {**target, "ResourceId": given.pop("ScalingTargetId")}
        if kind == "AWS::SQS::Queue":
            # The API takes all of them as texts.
            attributes = {key: given.pop(key) for key in list(given) if key != "QueueName"}
            given["Attributes"] = {key: text_of(value) for key, value in attributes.items()}
        if kind == "AWS::SQS::QueuePolicy":
            (given["QueueUrl"],) = given.pop("Queues")
            given["Attributes"] = {"Policy": text_of(given.pop("PolicyDocument"))}
        filters = "ImageTagMutabilityExclusionFilter"
        if f"{filters}s" in given:
            both = [(item[f"{filters}Type"], item[f"{filters}Value"]) for item in given[f"{filters}s"]]
            given[f"{filters}s"] = [{"filterType": how, "filter": what} for how, what in both]
        # Without it the secret is made without a value.
        if kind == "AWS::SecretsManager::Secret" and "GenerateSecretString" in properties:
            given["SecretString"] = self.secret(properties.get("GenerateSecretString", {}))
        if kind == "AWS::S3::Bucket":
            given.setdefault("Bucket", name.lower())
        if kind == "AWS::S3::BucketPolicy":
            # moto meets every condition, and nobody here speaks TLS.
            kept = [item for item in given["Policy"]["Statement"] if item["Effect"] != "Deny"]
            given["Policy"] = {**given["Policy"], "Statement": kept}
        return convert(shape, given, kind)

    def send(self, service, operation, request):
        client = self.aws.client(service)
        shape = self.aws.models.get_service_model(service).operation_model(operation).input_shape
        report = ParamValidator().validate(request, shape)
        if report.has_errors() and operation != "CreateDistribution":
            raise AwsError("ValidationError", report.generate_report())
        if operation in UNKNOWN_TO_MOTO:
            return {"Id": str(uuid.uuid4()), "Distribution": {"Id": f"E{uuid.uuid4().hex[:12].upper()}"}}

        return getattr(client, xform_name(operation))(**request)

    def find(self, path, answer, request):
        if path.startswith("$"):
            return request[path[1:]]
        for word in path.split("."):
            answer = answer[0] if isinstance(answer, list) else answer
            answer = answer[word]
        return answer

    def secret(self, how):
        letters = string.ascii_letters + string.digits
        word = "".join(secrets.choice(letters) for _ in range(int(how.get("PasswordLength", 32))))
        if "GenerateStringKey" not in how:
            return word
        return json.dumps({**json.loads(how["SecretStringTemplate"]), how["GenerateStringKey"]: word})

    def allow(self, group, rule):
        permission = {
            "IpProtocol": rule["IpProtocol"],
            "FromPort": int(rule["FromPort"]),
            "ToPort": int(rule["ToPort"]),
        }
        if "SourceSecurityGroupId" in rule:
            permission["UserIdGroupPairs"] = [{"GroupId": rule["SourceSecurityGroupId"]}]
        else:
            permission["IpRanges"] = [{"CidrIp": rule["CidrIp"]}]
        self.aws.client("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])

    def finish(self, kind, made, properties, answer):
        """What CloudFormation does with operations of their own."""
        attributes = made["attributes"]
        if kind == "AWS::EC2::SecurityGroup":
            for rule in properties.get("SecurityGroupIngress", []):
                self.allow(made["id"], rule)
        elif kind == "AWS::IAM::Role":
            for policy in properties.get("Policies", []):
                document = json.dumps(policy["PolicyDocument"])
                self.aws.client("iam").put_role_policy(
                    RoleName=made["id"], PolicyName=policy["PolicyName"], PolicyDocument=document
                )
        elif kind == "AWS::IAM::ManagedPolicy":
            for role in properties.get("Roles", []):
                self.aws.client("iam").attach_role_policy(RoleName=role, PolicyArn=made["id"])
        elif kind == "AWS::Logs::LogGroup":
            attributes["Arn"] = f"arn:aws:logs:{self.aws.region}:{self.aws.account}:log-group:{made['id']}:*"
        elif kind == "AWS::SQS::Queue":
            name = attributes["QueueName"]
            attributes["Arn"] = f"arn:aws:sqs:{self.aws.region}:{self.aws.account}:{name}"
        elif kind == "AWS::ServiceDiscovery::PrivateDnsNamespace":
            operation = self.aws.client("servicediscovery").get_operation(OperationId=made["id"])
            made["id"] = operation["Operation"]["Targets"]["NAMESPACE"]
        elif kind == "AWS::RDS::DBParameterGroup":
            pairs = properties.get("Parameters", {}).items()
            changes = [
                {"ParameterName": key, "ParameterValue": str(value), "ApplyMethod": "pending-reboot"}
                for key, value in pairs
            ]
            self.aws.client("rds").modify_db_parameter_group(DBParameterGroupName=made["id"], Parameters=changes)
        elif kind == "AWS::ElasticLoadBalancingV2::LoadBalancer":
            attributes |= {
                "DNSName": self.aws.address,
                "LoadBalancerFullName": made["id"].partition(":loadbalancer/")[2],
            }
            given = [{**item, "Value": str(item["Value"])} for item in properties.get("LoadBalancerAttributes", [])]
            elbv2 = self.aws.client("elbv2")
            elbv2.modify_load_balancer_attributes(LoadBalancerArn=made["id"], Attributes=given)
        elif kind == "AWS::ElasticLoadBalancingV2::TargetGroup":
            attributes["TargetGroupFullName"] = made["id"].rpartition(":")[2]
        elif kind == "AWS::S3::Bucket":
            attributes |= {"Arn": f"arn:aws:s3:::{made['id']}", "RegionalDomainName": f"{made['id']}.s3.amazonaws.com"}
        elif kind == "AWS::CloudFront::OriginAccessControl":
            attributes["Id"] = made["id"]
        elif kind == "AWS::CloudFront::Distribution":
            attributes["DomainName"] = f"{made['id'].lower()}.cloudfront.net"
        elif kind == "AWS::ApplicationAutoScaling::ScalableTarget":
            service = self.tasks.services[made["id"].rpartition("/")[2]]
            # Registered with more at its least, a service is scaled; with less it is not.
            service["desiredCount"] = max(service["desiredCount"], int(properties["MinCapacity"]))

    # --- The service, which is there only when its deployment is complete.

    def create_service(self, properties):
        request = self.request("AWS::ECS::Service", properties, "")
        service = self.tasks.CreateService(request)["service"]
        made = {
            "id": service["serviceArn"],
            "attributes": {"Name": service["serviceName"], "ServiceArn": service["serviceArn"]},
        }
        try:
            self.wait(service["serviceName"], request["taskDefinition"])
        except AwsError:
            self.tasks.DeleteService({"service": service["serviceArn"]})
            raise
        return made

    def update_service(self, properties):
        request = self.request("AWS::ECS::Service", properties, "")
        name = request.pop("serviceName")
        # What an update of a service takes is less.
        allowed = self.aws.models.get_service_model("ecs").operation_model("UpdateService").input_shape.members
        self.tasks.UpdateService({"service": name, **{key: value for key, value in request.items() if key in allowed}})
        self.wait(name, request["taskDefinition"])

    def wait(self, name, definition):
        while True:
            primary = self.tasks.services[name]["deployments"][0]
            if primary["taskDefinition"] == definition and primary["rolloutState"] == "COMPLETED":
                return
            rolled_back = primary["taskDefinition"] != definition and primary["rolloutState"] == "COMPLETED"
            if primary["rolloutState"] == "FAILED" and not self.rolls_back(name) or rolled_back:
                raise AwsError(
                    "GeneralServiceException",
                    "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'.",
                )
            time.sleep(0.05)

    def rolls_back(self, name):
        service = self.tasks.services[name]
        has_older = any(item["rolloutState"] == "COMPLETED" for item in service["deployments"][1:])
        return has_older and service.get("deploymentConfiguration", {}).get("deploymentCircuitBreaker", {}).get(
            "rollback"
        )
