"""The rights that a request needs, for the operations that a pipeline and its tasks ask for.

Which resource and which conditions belong to an action is what AWS's "Service Authorization Reference" says. An operation
that is not here is refused to every role: what nobody has looked up is not allowed.
"""

import base64
import email
import json
from email.utils import parseaddr
from urllib.parse import unquote

from botocore.exceptions import ClientError

from check import AwsError
from iam import Need

# How IAM names services that sign by another name.
PREFIXES = {"monitoring": "cloudwatch"}
# Of the registry's own protocol, by which `docker push` uploads: "IAM permissions for pushing an image", Amazon ECR User
# Guide. A manifest is read before it is put.
PUSHES = ("BatchCheckLayerAvailability", "InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload", "PutImage")
PUSHES += ("BatchGetImage",)
# Of `docker build --cache-from`: "Example: allow pull", Amazon ECR User Guide.
PULLS = ("BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer")
# Everybody may ask who he is, and take a role that trusts him.
FREE = ("sts:GetCallerIdentity", "sts:AssumeRole", "sts:AssumeRoleWithWebIdentity")


class Rights:
    def __init__(self, aws):
        self.aws = aws

    def of(self, service, action, request, body):
        """Return what a request needs. `body` is its form or its JSON."""
        prefix = PREFIXES.get(service, service)
        if service == "s3":
            return self.s3(request)
        if service == "ses":
            return self.ses(request)
        if f"{prefix}:{action}" in FREE:
            return []
        method = getattr(self, f"{prefix.replace('-', '_')}_{action}", None) or getattr(self, prefix, None)
        if method is None:
            raise AwsError("AccessDeniedException", f"the stand-in does not know what {prefix}:{action} needs")
        return method(f"{prefix}:{action}", body)

    def arn(self, service, resource):
        return f"arn:aws:{service}:{self.aws.region}:{self.aws.account}:{resource}"

    # --- CloudFormation: with the name of a stack, its ARN is not known before there is one.

    def cloudformation(self, action, body):
        name = body["StackName"]
        arn = name if name.startswith("arn:") else self.arn("cloudformation", f"stack/{name}/*")
        needs = [Need(action, arn)]
        if "StackPolicyBody" in body:
            needs.append(Need("cloudformation:SetStackPolicy", arn))
        return needs

    # --- ECS

    def task_definition(self, name):
        family, colon, revision = name.rpartition("/")[2].partition(":")
        return self.arn("ecs", f"task-definition/{family}:{revision or '*'}")

    def in_cluster(self, body):
        cluster = body.get("cluster", "default").rpartition("/")[2]
        return (("ecs:cluster", self.arn("ecs", f"cluster/{cluster}")),)

    def passes(self, definition):
        """The roles of a task, handed to ECS: "Grant a user permissions to pass a role", IAM User Guide."""
        roles = {definition.get("executionRoleArn"), definition.get("taskRoleArn")} - {None}
        return [Need("iam:PassRole", role, (("iam:PassedToService", "ecs-tasks.amazonaws.com"),)) for role in sorted(roles)]

    def ecs_RegisterTaskDefinition(self, action, body):
        arn = self.task_definition(body["family"])
        tags = [Need("ecs:TagResource", arn)] if body.get("tags") else []
        return [Need(action, arn), *self.passes(body), *tags]

    def ecs_DescribeTaskDefinition(self, action, body):
        return [Need(action)]

    def ecs_RunTask(self, action, body):
        definition = self.aws.client("ecs").describe_task_definition(taskDefinition=body["taskDefinition"])
        needs = [Need(action, self.task_definition(body["taskDefinition"]), self.in_cluster(body))]
        return needs + self.passes(definition["taskDefinition"])

    def ecs_ListTasks(self, action, body):
        return [Need(action, "*", self.in_cluster(body))]

    def ecs_DescribeTasks(self, action, body):
        return [Need(action, self.task(body, task), self.in_cluster(body)) for task in body["tasks"]]

    def ecs_StopTask(self, action, body):
        return [Need(action, self.task(body, body["task"]), self.in_cluster(body))]

    def task(self, body, task):
        return task if task.startswith("arn:") else self.arn("ecs", f"task/{body['cluster']}/{task}")

    def ecs_DescribeServices(self, action, body):
        services = [f"service/{body['cluster']}/{name.rpartition('/')[2]}" for name in body["services"]]
        return [Need(action, self.arn("ecs", service), self.in_cluster(body)) for service in services]

    def ecs_UpdateTaskProtection(self, action, body):
        return [Need(action, self.task(body, task), self.in_cluster(body)) for task in body["tasks"]]

    ecs_GetTaskProtection = ecs_UpdateTaskProtection

    # --- Others

    def elasticloadbalancing_DescribeTargetHealth(self, action, body):
        return [Need(action)]

    def iam_GetRole(self, action, body):
        return [Need(action, f"arn:aws:iam::{self.aws.account}:role/{body['RoleName']}")]

    def secretsmanager(self, action, body):
        """AWS looks the secret up first; where there is none, what was asked for stands in for its ARN."""
        given = body["SecretId"]
        try:
            return [Need(action, self.aws.client("secretsmanager").describe_secret(SecretId=given)["ARN"])]
        except ClientError:
            return [Need(action, given if given.startswith("arn:") else self.arn("secretsmanager", f"secret:{given}"))]

    def ssm_GetParameters(self, action, body):
        return [Need(action, self.arn("ssm", f"parameter/{name.lstrip('/')}")) for name in body["Names"]]

    def ecr(self, action, body):
        return [Need(action, self.arn("ecr", f"repository/{body['repositoryName']}"))]

    def ecr_GetAuthorizationToken(self, action, body):
        # One login is good for every repository.
        return [Need(action)]

    def ecr_PutImage(self, action, body):
        """Nobody but Docker puts an image: it was built with the layers of the one before, and its own are uploaded."""
        return [need for name in (*PULLS, *PUSHES) for need in self.ecr(f"ecr:{name}", body)]

    def logs_DescribeLogGroups(self, action, body):
        return [Need(action)]

    def codeconnections(self, action, body):
        """The rights are called after the service in the ARN, whose older name older connections have."""
        return [Need(action, body["connectionArn"])]

    codestar_connections = codeconnections

    def logs_CreateLogGroup(self, action, body):
        return [Need(action, self.arn("logs", f"log-group:{body['logGroupName']}"))]

    def logs_FilterLogEvents(self, action, body):
        # An ARN of a log group ends in :* in policies.
        return [Need(action, self.arn("logs", f"log-group:{body['logGroupName']}:*"))]

    def logs_GetLogEvents(self, action, body):
        return [Need(action, self.arn("logs", f"log-group:{body['logGroupName']}:log-stream:{body['logStreamName']}"))]

    logs_CreateLogStream = logs_PutLogEvents = logs_GetLogEvents

    def sqs(self, action, body):
        # A batch needs the right to do one.
        queue = body["QueueName"] if "QueueName" in body else body["QueueUrl"].rpartition("/")[2]
        return [Need(action.removesuffix("Batch"), self.arn("sqs", queue))]

    def ses(self, request):
        """Sending a whole message needs both rights, on the identity of its sender."""
        if (request.method, request.path) != ("POST", "/v2/email/outbound-emails"):
            raise AwsError("AccessDeniedException", f"the stand-in does not know what {request.path} of SES needs")
        message = email.message_from_bytes(base64.b64decode(json.loads(request.get_data())["Content"]["Raw"]["Data"]))
        _, sender = parseaddr(message["From"])
        identity = self.arn("ses", f"identity/{sender.rpartition('@')[2]}")
        context = (("ses:FromAddress", sender),)
        return [Need(f"ses:{action}", identity, context) for action in ("SendEmail", "SendRawEmail")]

    def s3(self, request):
        bucket, _, key = unquote(request.path).lstrip("/").partition("/")
        if key:
            file = f"arn:aws:s3:::{bucket}/{key}"
            if request.method == "DELETE":
                return [Need("s3:AbortMultipartUpload" if "uploadId" in request.args else "s3:DeleteObject", file)]
            if request.method == "PUT" or (request.method == "POST" and ("uploads" in request.args or "uploadId" in request.args)):
                return [Need("s3:PutObject", file)]
            if request.method in ("GET", "HEAD"):
                return [Need("s3:GetObject", file)]
        if request.method == "GET" and not key and "list-type" in request.args:
            return [Need("s3:ListBucket", f"arn:aws:s3:::{bucket}")]
        raise AwsError("AccessDenied", f"the stand-in does not know what {request.method} {request.path} of S3 needs")


def to_body(request, form, unflatten):
    """Return the parameters of a request, whether a form or JSON."""
    if form:
        return unflatten(form)
    try:
        return json.loads(request.get_data(cache=True) or b"{}")
    except ValueError:
        return {}
