"""The two roles of a task: the execution role, with which ECS starts it, and its own, with which its code asks AWS.

What ECS asks for is said in "Amazon ECS task execution IAM role", Amazon ECS Developer Guide.
"""

from check import AwsError
from rights import PULLS, Rights

ECS = {"Service": "ecs-tasks.amazonaws.com"}


class TaskRoles:
    def __init__(self, aws, definition):
        self.aws, self.definition, self.rights = aws, definition, Rights(aws)
        self.keys, self.execution = {}, None

    def take(self):
        """Take both roles, as their trust policies allow."""
        context = {
            "aws:SourceAccount": self.aws.account,
            "aws:SourceArn": self.rights.arn("ecs", "*"),
        }
        for key in ("executionRoleArn", "taskRoleArn"):
            if key in self.definition:
                name = self.definition[key].rpartition("/")[2]
                try:
                    self.keys[key] = self.aws.iam.take(name, ECS, context)
                except AwsError as error:
                    message = f"ECS was unable to assume the role {name}: {error}"
                    raise AwsError("ResourceInitializationError", message) from error
        if "executionRoleArn" in self.keys:
            self.execution = self.aws.iam.session(self.keys["executionRoleArn"]["AccessKeyId"])

    def check(self, error, service, action, body):
        """Refuse with the error of a task what its execution role may not do."""
        if self.execution is None:
            raise AwsError(error, f"{service}:{action}: the task has no execution role")
        try:
            self.aws.iam.check(self.execution, self.rights.of(service, action, None, body))
        except AwsError as refusal:
            raise AwsError(error, f"AccessDeniedException: {refusal}") from refusal

    def pull(self, repository):
        self.check("CannotPullContainerError", "ecr", "GetAuthorizationToken", {})
        for action in PULLS:
            self.check("CannotPullContainerError", "ecr", action, {"repositoryName": repository})

    def read(self, secret):
        self.check("ResourceInitializationError", "secretsmanager", "GetSecretValue", {"SecretId": secret})

    def log(self, action, stream):
        self.check("ResourceInitializationError", "logs", action, stream)

    def environment(self, task):
        """Return what makes AWS's libraries, and the agent's address, speak for the task's own role."""
        keys = self.keys.get("taskRoleArn")
        if keys is None:
            return {}
        agent = f"http://{self.aws.address}/agent/{keys['AccessKeyId']}/{task.rpartition('/')[2]}"
        return {
            "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
            "AWS_SESSION_TOKEN": keys["SessionToken"],
            "ECS_AGENT_URI": agent,
        }
