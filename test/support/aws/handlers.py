"""The rights that CloudFormation uses in the name of whoever changes a stack: for typed parameters and for resources.

A handler's list, in the registry's schema of its type, holds everything that the handler may ask for. What it asks for only
where a property is set that we can see is left out where it is not set; each such rule has its reason. The rest counts as
asked for, whether or not AWS does every time: a role that lacks it works until the day that it does not.
"""

import json
import re
from pathlib import Path

from check import AwsError
from iam import Need

HANDLERS = json.loads(Path(__file__).with_name("handlers.json").read_text())

# Typed parameters: "CloudFormation validates the values with the caller's credentials", user guide, "Specify existing
# resources at runtime with CloudFormation-supplied parameter types".
LOOKUPS = {
    "AWS::EC2::AvailabilityZone::Name": "ec2:DescribeAvailabilityZones",
    "AWS::EC2::Image::Id": "ec2:DescribeImages",
    "AWS::EC2::Instance::Id": "ec2:DescribeInstances",
    "AWS::EC2::KeyPair::KeyName": "ec2:DescribeKeyPairs",
    "AWS::EC2::SecurityGroup::GroupName": "ec2:DescribeSecurityGroups",
    "AWS::EC2::SecurityGroup::Id": "ec2:DescribeSecurityGroups",
    "AWS::EC2::Subnet::Id": "ec2:DescribeSubnets",
    "AWS::EC2::Volume::Id": "ec2:DescribeVolumes",
    "AWS::EC2::VPC::Id": "ec2:DescribeVpcs",
    "AWS::Route53::HostedZone::Id": "route53:ListHostedZones",
}
PLAIN = ("String", "Number", "CommaDelimitedList", "List<Number>")
SCALING_ROLE = (
    "role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"
)
# By type: rights that a handler needs only with a property, and when.
ONLY_WITH = {
    # The role of a classic load balancer, which a task in its own network interface has not.
    ("AWS::ECS::Service", "iam:PassRole"): lambda given: "Role" in given,
    ("AWS::ApplicationAutoScaling::ScalableTarget", "lambda:"): lambda given: given["ServiceNamespace"] == "lambda",
    # ECS is scaled with AWS's own role.
    ("AWS::ApplicationAutoScaling::ScalableTarget", "iam:PassRole"): lambda given: "RoleARN" in given,
    ("AWS::ApplicationAutoScaling::ScalableTarget", "application-autoscaling:PutScheduledAction"): lambda given: (
        "ScheduledActions" in given
    ),
    ("AWS::ApplicationAutoScaling::ScalableTarget", "application-autoscaling:DeleteScheduledAction"): lambda given: (
        "ScheduledActions" in given
    ),
    # The forecast of predictive scaling is made of it: Application Auto Scaling User Guide, "Predictive scaling".
    ("AWS::ApplicationAutoScaling::ScalingPolicy", "cloudwatch:"): lambda given: (
        given["PolicyType"] == "PredictiveScaling"
    ),
}
# Rights beyond the handler's list. Whoever puts a policy of target tracking needs those for its alarms, and deletes them
# with it: Application Auto Scaling User Guide, "Identity-based policy examples".
ALARMS_OF_TRACKING = {
    "create": ("cloudwatch:DescribeAlarms", "cloudwatch:PutMetricAlarm"),
    "update": ("cloudwatch:DescribeAlarms", "cloudwatch:PutMetricAlarm"),
    "delete": ("cloudwatch:DescribeAlarms", "cloudwatch:DeleteAlarms"),
}


def lookups(template):
    """Return what the types of a template's parameters need."""
    found = []
    for about in template.get("Parameters", {}).values():
        kind = re.sub(r"^List<(.+)>$", r"\1", about["Type"])
        if about["Type"] in PLAIN:
            continue
        if kind not in LOOKUPS and not kind.startswith("AWS::SSM::Parameter::"):
            raise AwsError("ValidationError", f"Template format error: Unrecognized parameter type: {about['Type']}")
        found.append(Need(LOOKUPS.get(kind, "ssm:GetParameters")))
    return found


class Handlers:
    def __init__(self, aws):
        self.aws = aws

    def of(self, kind, operation, properties):
        """Return what creating, updating or deleting a resource needs. What was created or updated is read again."""
        asked = HANDLERS.get(kind)
        if asked is None:
            raise AwsError("AccessDeniedException", f"the stand-in does not know what the handler of {kind} needs")
        operations = (operation, "read") if operation != "delete" else (operation,)
        actions = {action for name in operations for action in asked.get(name, [])}
        for (only, start), holds in ONLY_WITH.items():
            if only == kind and not holds(properties):
                actions = {action for action in actions if not action.startswith(start)}
        needs = [need for action in sorted(actions) for need in self.needs(kind, action, properties)]
        if properties.get("PolicyType") == "TargetTrackingScaling":
            tracked = properties["ScalingTargetId"].partition("|")[0]
            needs += [Need(action, self.tracking(tracked)) for action in ALARMS_OF_TRACKING[operation]]
        return needs + self.secrets(properties)

    def needs(self, kind, action, properties):
        service = kind.split("::")[1]
        if service not in ("ECS", "ApplicationAutoScaling", "CloudWatch"):
            # Only an administrator changes these: which resource it is nobody needs to know.
            return [Need(action)]
        if action == "iam:CreateServiceLinkedRole":
            name = (("iam:AWSServiceName", "ecs.application-autoscaling.amazonaws.com"),)
            return [Need(action, f"arn:aws:iam::{self.aws.account}:{SCALING_ROLE}", name)]
        if kind == "AWS::CloudWatch::Alarm":
            return [Need(action, self.arn("cloudwatch", f"alarm:{properties['AlarmName']}"))]
        if kind == "AWS::CloudWatch::Dashboard":
            return [Need(action, f"arn:aws:cloudwatch::{self.aws.account}:dashboard/{properties['DashboardName']}")]
        if service == "ECS":
            return self.service(action, properties)
        if action.startswith("application-autoscaling:Describe"):
            # AWS has no resource for these.
            return [Need(action)]
        if action.startswith("cloudwatch:"):
            return [Need(action, self.tracking(properties["ResourceId"]))]
        # AWS gives the number.
        target = self.arn("application-autoscaling", "scalable-target/0ec50123456789abcdef")
        tagging = action.rpartition(":")[2] in ("ListTagsForResource", "TagResource", "UntagResource")
        where = (
            ("application-autoscaling:service-namespace", "ecs"),
            ("application-autoscaling:scalable-dimension", "ecs:service:DesiredCount"),
        )
        return [Need(action, target, () if tagging else where)]

    def service(self, action, properties):
        cluster, name = properties["Cluster"], properties["ServiceName"]
        context = (("ecs:cluster", self.arn("ecs", f"cluster/{cluster}")),)
        kinds = ["service/{}/{}"]
        if action.rpartition(":")[2] in ("DescribeServiceDeployments", "StopServiceDeployment"):
            # Both are required.
            kinds.append("service-deployment/{}/{}/0123456789abcdefghijk")
        return [Need(action, self.arn("ecs", one.format(cluster, name)), context) for one in kinds]

    def tracking(self, resource):
        """The alarms of target tracking are named after what is scaled."""
        return self.arn("cloudwatch", f"alarm:TargetTracking-{resource}-AlarmHigh-01234567")

    def arn(self, service, resource):
        return f"arn:aws:{service}:{self.aws.region}:{self.aws.account}:{resource}"

    def secrets(self, properties):
        """Dynamic references are resolved in the caller's name, too."""
        names = re.findall(r"\{\{resolve:(secretsmanager|ssm|ssm-secure):([^}]+)\}\}", json.dumps(properties))
        actions = {"secretsmanager": "secretsmanager:GetSecretValue"}
        return [Need(actions.get(service, "ssm:GetParameters"), rest.split(":SecretString")[0]) for service, rest in names]
