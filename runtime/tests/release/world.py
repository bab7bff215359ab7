"""An account of AWS that is made up, in place of a session of boto3."""

import json
from datetime import UTC, datetime

from django_fargate.release.aws import SHA, Aws
from django_fargate.release.cli import main
from django_fargate.release.facts import STACKS_SAY, Facts
from django_fargate.release.migrations import Migrations

from .client import Client, error
from .repository import ACCOUNT
from .world_of_stacks import Stacks

HEAD = "a" * 40
OLD = "b" * 40
DIGEST = f"sha256:{'c' * 64}"


class World(Stacks):
    """An account in which the release before runs and everything is there."""

    profile_name = "default"

    def __init__(self, configuration):
        self.configuration = configuration
        self.slug = configuration.slug
        self.prefix = f"arn:aws:ecs:{configuration.region}:{ACCOUNT}"
        self.repository = f"{ACCOUNT}.dkr.ecr.{configuration.region}.amazonaws.com/{self.slug}"
        self.clients = {}
        self.facts = self.facts_of_stacks()
        self.stacks = dict.fromkeys(configuration.stacks, "CREATE_COMPLETE")
        # What PgBouncer's stack runs.
        self.pgbouncer = {"Revision": self.arn("pgbouncer", 1), "Configuration": ""}
        self.names = [service.name for service in configuration.companions]
        self.first = self.revision = self.arn("web", 1)
        # The services beside the web's by their names: what each runs, and what ECS says of one
        # after it was changed, one after another.
        self.beside = {name: self.arn(name, 1) for name in self.names}
        self.changed = {}
        runs = [self.revision, *self.beside.values()]
        self.definitions = {arn: self.definition(OLD) for arn in runs}
        self.task = {
            "lastStatus": "STOPPED",
            "stopCode": "EssentialContainerExited",
            "containers": [{"name": "migrate", "exitCode": 0}],
        }
        # What ECS says of the web service before it is changed, and then one after another.
        self.before = {}
        self.primaries = [{}]
        self.log = ["Applying site.0002_note... OK"]
        self.smoked = []
        self.migrations = Migrations({"site.0001": frozenset()}, {})
        self.set_answers()

    def main(self, *arguments):
        """Run a command of the program; return its exit code."""
        return main(list(arguments), self, self.configuration)

    @property
    def aws(self):
        return Aws(self.configuration, self)

    @property
    def as_facts(self):
        return Facts(self.facts, STACKS_SAY)

    def client(self, service, config=None):
        if service not in self.clients:
            self.clients[service] = Client(service)
        return self.clients[service]

    def answer(self, service, **answers):
        self.client(service).answers.update(answers)

    def arn(self, name, number):
        """Return a revision of a task definition."""
        return f"{self.prefix}:task-definition/{self.slug}-{name}:{number}"

    def task_arn(self, end=""):
        return f"{self.prefix}:task/{self.slug}/0123{end}"

    def secret_arn(self, name):
        return f"arn:aws:secretsmanager:{self.configuration.region}:{ACCOUNT}:secret:{name}"

    def note(self, name):
        """Return where a revision of the web task names the one beside it."""
        (service,) = (one for one in self.configuration.services if one.name == name)
        return service.note

    def definition(self, sha, **notes):
        environment = {SHA: sha, **notes}
        pairs = [{"name": name, "value": value} for name, value in environment.items()]
        return {"status": "ACTIVE", "environment": pairs}

    def registered(self, name):
        """Return the task definitions that were registered under a name."""
        requests = self.client("ecs").requests("register_task_definition")
        return [request for request in requests if request["family"] == f"{self.slug}-{name}"]

    def facts_of_stacks(self):
        return {
            "ClusterName": self.slug,
            "RepositoryUri": self.repository,
            "LoadBalancerDnsName": "lb.example.com",
            "TargetGroupArn": "arn:targets",
            "DatabaseEndpoint": "db.example.com",
            "PrivateSubnetIds": "subnet-1,subnet-2",
            "TaskSecurityGroupId": "sg-1",
            "MasterSecretArn": self.secret_arn("master-x"),
            "StaticUrl": "https://static.example.com/",
            "StaticBucketName": "bucket",
            "QueueUrl": f"https://sqs.example.com/{ACCOUNT}/{self.slug}-celery",
            "RedisEndpoint": "redis.example.com",
            "PgbouncerRepositoryUri": f"{self.repository}-pgbouncer",
        }

    def set_answers(self):
        self.answer("sts", get_caller_identity={"Account": ACCOUNT})
        self.answer(
            "ecs",
            describe_services=self.describe_services,
            describe_task_definition=self.describe_definition,
            register_task_definition=self.register,
            list_tasks={"taskArns": []},
            run_task={"tasks": [{"taskArn": self.task_arn()}], "failures": []},
            describe_tasks=lambda request: {"tasks": [{"taskArn": self.task_arn(), **self.task}]},
            stop_task={},
        )
        manifest = json.dumps({"config": {"digest": DIGEST}})
        self.answer(
            "ecr",
            describe_images={"imageDetails": [{"imageDigest": DIGEST}]},
            batch_get_image={"images": [{"imageManifest": manifest}]},
            describe_repositories={"repositories": [{"repositoryUri": self.repository}]},
        )
        trust = {"Principal": {"Service": "ecs-tasks.amazonaws.com"}}
        self.answer("iam", get_role={"Role": {"AssumeRolePolicyDocument": trust}})
        self.answer("secretsmanager", describe_secret=self.describe_secret)
        self.answer(
            "logs",
            describe_log_groups=lambda request: {
                "logGroups": [{"logGroupName": request["logGroupNamePrefix"]}]
            },
            get_log_events=self.log_events,
            filter_log_events={"events": []},
        )
        self.answer(
            "elbv2",
            describe_target_health={"TargetHealthDescriptions": []},
            describe_load_balancers={"LoadBalancers": [{"DNSName": "lb.example.com"}]},
        )
        endpoint = {"Endpoint": {"Address": "db.example.com"}}
        self.answer("rds", describe_db_instances={"DBInstances": [endpoint]})
        self.answer("s3", list_objects_v2={}, put_object={})
        if self.configuration.stacks:
            self.set_answers_of_stacks()
        else:
            self.set_answers_by_hand()

    def set_answers_of_stacks(self):
        self.answer(
            "cloudformation",
            describe_stacks=self.describe_stack,
            update_stack=self.update_stack,
            create_stack=self.create_stack,
            delete_stack=self.delete_stack,
            describe_stack_events={"StackEvents": []},
            list_stack_resources={"StackResourceSummaries": []},
        )
        self.answer("service-quotas", get_service_quota={"Quota": {"Value": 4000.0}})

    def set_answers_by_hand(self):
        self.answer("ecs", update_service=self.update_service)
        if self.configuration.broker == "sqs":
            self.answer("sqs", get_queue_url={"QueueUrl": self.facts["QueueUrl"]})
        if self.configuration.broker == "redis":
            nodes = [{"PrimaryEndpoint": {"Address": self.facts["RedisEndpoint"]}}]
            groups = {"ReplicationGroups": [{"NodeGroups": nodes}]}
            self.answer("elasticache", describe_replication_groups=groups)

    # --- ECS

    def update_service(self, request):
        name = request["service"].removeprefix(f"{self.slug}-")
        if name == "web":
            self.revision = request["taskDefinition"]
        else:
            self.beside[name] = request.get("taskDefinition", self.beside[name])
        return {}

    def describe_services(self, request):
        (service,) = request["services"]
        name = service.removeprefix(f"{self.slug}-")
        if name == "web":
            return {"services": [self.describe_web()]}
        if not self.beside.get(name):
            return {"services": []}
        primary = {
            "status": "PRIMARY",
            "taskDefinition": self.beside[name],
            "rolloutState": "COMPLETED",
            "runningCount": 1,
            "desiredCount": 1,
            "pendingCount": 0,
        }
        if self.beside[name] != self.arn(name, 1):
            after = self.changed.get(name, [{}])
            primary |= after.pop(0) if len(after) > 1 else after[0]
        event = {"createdAt": datetime.now(UTC), "message": f"what ECS says of {name}"}
        return {"services": [{"status": "ACTIVE", "deployments": [primary], "events": [event]}]}

    def describe_web(self):
        primary = {
            "status": "PRIMARY",
            "taskDefinition": self.revision,
            "rolloutState": "COMPLETED",
            "runningCount": 2,
            "desiredCount": 2,
            "pendingCount": 0,
        }
        if self.revision == self.first:
            primary |= self.before
        else:
            primary |= self.primaries.pop(0) if len(self.primaries) > 1 else self.primaries[0]
        network = {"subnets": ["subnet-1", "subnet-2"], "securityGroups": ["sg-1"]}
        return {
            "status": "ACTIVE",
            "taskDefinition": self.revision,
            "deployments": [primary],
            "events": [{"createdAt": datetime.now(UTC), "message": "what ECS says"}],
            "networkConfiguration": {"awsvpcConfiguration": network},
            "loadBalancers": [{"targetGroupArn": "arn:targets"}],
            "deploymentConfiguration": {
                "maximumPercent": 200,
                "alarms": {"alarmNames": ["5xx"], "enable": True, "rollback": True},
            },
        }

    def describe_definition(self, request):
        name = request["taskDefinition"]
        arn = name if name.startswith("arn:") else self.arn("web", name.partition(":")[2])
        if arn not in self.definitions:
            return error("ClientException", "Unable to describe task definition.")
        known = self.definitions[arn]
        log = {"awslogs-group": f"/ecs/{self.slug}-web", "awslogs-stream-prefix": "web"}
        container = {
            "name": "web",
            "image": f"{self.repository}@{DIGEST}",
            "environment": known["environment"],
            "logConfiguration": {"options": log},
        }
        return {
            "taskDefinition": {
                "taskDefinitionArn": arn,
                "status": known["status"],
                "containerDefinitions": [container],
            }
        }

    def register(self, request):
        count = len(self.definitions) + 1
        arn = f"{self.prefix}:task-definition/{request['family']}:{count}"
        environment = request["containerDefinitions"][0]["environment"]
        self.definitions[arn] = {"status": "ACTIVE", "environment": environment}
        return {"taskDefinition": {"taskDefinitionArn": arn}}

    # --- The rest

    def describe_secret(self, request):
        """Know the secrets by their names, and by nothing that only looks like an ARN."""
        name = request["SecretId"]
        missing = self.client("secretsmanager").exceptions.ResourceNotFoundException
        if name.startswith("arn:") and not name.endswith(("-A1b2C3", ":master-x")):
            return missing({"Error": {"Code": "ResourceNotFoundException"}}, "DescribeSecret")
        return {"ARN": name if name.startswith("arn:") else self.secret_arn(f"{name}-A1b2C3")}

    def log_events(self, request):
        lines = [] if "nextToken" in request else self.log
        return {"events": [{"message": line} for line in lines], "nextForwardToken": "f/1"}
