"""ECS: tasks with their states, services with their deployments, circuit breaker and rollback.

A rule says what becomes of a task; the first that fits is taken. Fits: `family`, and `sha`, the tag of the image.
Then: `failure`, why RunTask refuses; `rival`, to start another one just before it; `pendingSeconds` to start; `log`, lines; `exitCode` after `seconds`; `exec`, to
really run the container's command, or `argv`, in `cwd` with `env` on top: there SHA is the image's tag, PORT a free
port on which it serves, and TMP the task's own /tmp. Without a rule a one-off task succeeds and a task of a service
runs on. `alarm` lets an alarm take the deployment of a service back.
"""

import itertools
import json
import os
import socket
import subprocess
import tempfile
import threading
import time
import uuid
from datetime import datetime, timezone

import urllib3
from botocore.exceptions import ClientError

from check import AwsError
from roles import TaskRoles

TICK = 0.05
BREAKER_FAILURES = 3
# AWS asks every 30 s.
HEALTH_SECONDS = 0.5
ADDRESSES = itertools.count()


def now():
    return datetime.now(timezone.utc)


class Task:
    def __init__(self, aws, definition, cluster, overrides, group, rule, sha):
        self.aws, self.definition, self.rule, self.sha = aws, definition, rule, sha
        self.container = definition["containerDefinitions"][0]
        self.overrides, self.port, self.process, self.stopping = overrides, None, None, ""
        # Given to a task of a service, which is a target from its start to its end.
        self.balancers, self.healthy, self.checked_at, self.tmp = [], False, 0.0, ""
        self.address = f"10.0.16.{next(ADDRESSES) % 250 + 4}"
        self.roles = TaskRoles(aws, definition)
        self.state = {
            "taskArn": f"arn:aws:ecs:{aws.region}:{aws.account}:task/{cluster}/{uuid.uuid4().hex}",
            "taskDefinitionArn": definition["taskDefinitionArn"],
            "group": group,
            "lastStatus": "PROVISIONING",
            "desiredStatus": "RUNNING",
            "createdAt": now(),
            "containers": [{"name": self.container["name"], "lastStatus": "PENDING"}],
        }

    def run(self):
        """Live through the states; every end has a reason, and an exit code only when the container ran."""
        try:
            self.move("PENDING")
            self.roles.take()
            environment = self.environment()
            time.sleep(self.rule.get("pendingSeconds", 0))
            self.move("RUNNING")
            self.target("register_targets")
            code, reason = self.execute(environment)
            self.target("deregister_targets")
            stop, text = "EssentialContainerExited", "Essential container in task exited"
            if self.stopping:
                stop, text = "UserInitiated", self.stopping
            self.state["containers"][0] |= {"exitCode": code, "lastStatus": "STOPPED", **reason}
        except AwsError as error:
            stop, text = "TaskFailedToStart", f"{error.code}: {error}"
        self.state |= {"desiredStatus": "STOPPED", "stopCode": stop, "stoppedReason": text, "stoppedAt": now()}
        self.move("DEPROVISIONING")
        self.move("STOPPED")

    def target(self, operation):
        for balancer in self.balancers:
            target = [{"Id": self.address, "Port": balancer["containerPort"]}]
            getattr(self.aws.client("elbv2"), operation)(TargetGroupArn=balancer["targetGroupArn"], Targets=target)

    def move(self, status):
        time.sleep(TICK)
        self.state["lastStatus"] = status

    def environment(self):
        """Fetch image, secrets and log group as ECS does before a container starts."""
        repository, _, digest = self.container["image"].partition("/")[2].partition("@")
        self.roles.pull(repository)
        if not self.sha:
            raise AwsError("CannotPullContainerError", f"{repository}@{digest}: not found")
        values = {item["name"]: item["value"] for item in self.container.get("environment", [])}
        for secret in self.container.get("secrets", []):
            values[secret["name"]] = self.secret(secret["valueFrom"])
        options = self.container["logConfiguration"]["options"]
        task = self.state["taskArn"].rpartition("/")[2]
        self.log = {
            "logGroupName": options["awslogs-group"],
            "logStreamName": f"{options['awslogs-stream-prefix']}/{self.container['name']}/{task}",
        }
        self.roles.log("CreateLogStream", self.log)
        try:
            self.aws.client("logs").create_log_stream(**self.log)
        except ClientError as error:
            raise AwsError("ResourceInitializationError", f"failed to validate logger args: {error}") from error
        return values

    def parameter(self, value):
        path = value.split(":parameter/", 1)[1]
        name = f"/{path}" if "/" in path else path
        try:
            self.roles.check("ResourceInitializationError", "ssm", "GetParameters", {"Names": [name]})
            (found,) = self.aws.client("ssm").get_parameters(Names=[name], WithDecryption=True)["Parameters"]
        except (AwsError, ClientError, ValueError) as error:
            message = f"unable to pull secrets or registry auth: unable to retrieve parameter {name}: {error}"
            raise AwsError("ResourceInitializationError", message) from error
        return found["Value"]

    def secret(self, value):
        if ":ssm:" in value:
            return self.parameter(value)
        *parts, key, _stage, _version = value.split(":")
        # An ARN may lack the random characters at its end.
        arn, name = ":".join(parts), parts[6]
        client = self.aws.client("secretsmanager")
        try:
            known = {secret["ARN"] for secret in client.list_secrets(MaxResults=100)["SecretList"]}
            found = arn if arn in known else name
            self.roles.read(found)
            # By its label: moto forgets that another version has it now.
            value = client.get_secret_value(SecretId=found, VersionStage="AWSCURRENT")["SecretString"]
            return json.loads(value)[key]
        except (AwsError, ClientError, KeyError) as error:
            message = f"unable to pull secrets or registry auth: unable to retrieve secret from asm: {name}: {error}"
            raise AwsError("ResourceInitializationError", message) from error

    def execute(self, environment):
        self.write(self.rule.get("log", []))
        if self.rule.get("exec"):
            return self.spawn(environment)
        serves = self.state["group"].startswith("service:") or "sleep" in self.container.get("command", [])
        ends = time.monotonic() + self.rule.get("seconds", 0.2)
        while not self.stopping and (time.monotonic() < ends or (serves and "exitCode" not in self.rule)):
            time.sleep(TICK)
        return self.rule.get("exitCode", 0), {}

    def spawn(self, environment):
        """Run the container's own command here, or `argv`, as a process that is stopped as ECS stops it."""
        rule = self.rule["exec"]
        command = self.overrides.get("command") or rule.get("argv") or self.container.get("command", [])
        words = [rule.get("python", "python") if word == "python" else word for word in command]
        if any("PORT" in word for word in words):
            with socket.create_server(("127.0.0.1", 0)) as free:
                self.port = free.getsockname()[1]
            words = [word.replace("PORT", str(self.port)) for word in words]
        self.tmp = tempfile.mkdtemp(dir=self.aws.rules_file.parent)
        words = [word.replace("TMP", self.tmp) for word in words]
        given = {**environment, "GIT_SHA": self.sha, "PATH": os.environ["PATH"], **rule.get("env", {})}
        given |= self.roles.environment(self.state["taskArn"])
        self.process = subprocess.Popen(
            words, cwd=rule["cwd"].replace("SHA", self.sha), env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for line in self.process.stdout:
            self.write([line.rstrip("\n")])
        return self.process.wait(), {}

    def passes(self):
        """Run the health check of the container, in the task's own /tmp."""
        if not self.tmp or time.monotonic() - self.checked_at < HEALTH_SECONDS:
            return False
        self.checked_at = time.monotonic()
        kind, command = self.container["healthCheck"]["command"]
        if kind != "CMD-SHELL":
            raise NotImplementedError(kind)
        return subprocess.run(["sh", "-c", command.replace("/tmp/", f"{self.tmp}/")], capture_output=True).returncode == 0

    def write(self, lines):
        events = [{"timestamp": int(time.time() * 1000), "message": line} for line in lines if line]
        if events:
            self.roles.log("PutLogEvents", self.log)
            self.aws.client("logs").put_log_events(**self.log, logEvents=events)

    def stop(self, reason):
        self.stopping = reason
        self.state["desiredStatus"] = "STOPPED"
        if self.process is not None:
            self.process.terminate()


class Tasks:
    def __init__(self, aws):
        self.aws, self.tasks, self.services = aws, {}, {}
        self.lock, self.turn = threading.RLock(), itertools.count()

    # --- The API's operations, by their names.

    def RunTask(self, body):
        definition = self.definition(body["taskDefinition"])
        network = body.get("networkConfiguration", {}).get("awsvpcConfiguration")
        if network is None:
            raise AwsError(
                "InvalidParameterException",
                "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
            )
        self.check_network(network)
        overrides = {}
        for item in body.get("overrides", {}).get("containerOverrides", []):
            if item["name"] not in {container["name"] for container in definition["containerDefinitions"]}:
                message = f"Override for container named {item['name']} is not a container in the TaskDefinition."
                raise AwsError("InvalidParameterException", message)
            overrides = item
        start = (definition, body.get("cluster", "default"), overrides, f"family:{definition['family']}")
        task = self.start(*start)
        if isinstance(task, Task) and task.rule.get("rival"):
            # Whoever asked gets the later one.
            task = self.start(*start)
        if isinstance(task, str):
            return {"tasks": [], "failures": [{"arn": "arn", "reason": task}]}
        return {"tasks": [task.state], "failures": []}

    def DescribeTasks(self, body):
        return {"tasks": [self.tasks[arn].state for arn in body["tasks"] if arn in self.tasks], "failures": []}

    def ListTasks(self, body):
        wanted = body.get("desiredStatus", "RUNNING")
        found = [task for task in self.tasks.values() if task.state["desiredStatus"] == wanted]
        if "family" in body:
            found = [task for task in found if task.definition["family"] == body["family"]]
        return {"taskArns": [task.state["taskArn"] for task in reversed(found)]}

    def StopTask(self, body):
        if body["task"] not in self.tasks:
            raise AwsError("InvalidParameterException", "The referenced task was not found.")
        self.tasks[body["task"]].stop(body.get("reason", "Task stopped by user"))
        return {"task": self.tasks[body["task"]].state}

    def DescribeServices(self, body):
        found = [self.services[name] for name in body["services"] if name in self.services]
        missing = [{"arn": name, "reason": "MISSING"} for name in body["services"] if name not in self.services]
        return {"services": [self.shown(service) for service in found], "failures": missing}

    def CreateService(self, body):
        name, definition = body["serviceName"], self.definition(body["taskDefinition"])
        self.check_network(body["networkConfiguration"]["awsvpcConfiguration"])
        for balancer in body.get("loadBalancers", []):
            ports = {
                (container["name"], mapping["containerPort"])
                for container in definition["containerDefinitions"]
                for mapping in container.get("portMappings", [])
            }
            if (balancer["containerName"], balancer["containerPort"]) not in ports:
                raise AwsError(
                    "InvalidParameterException",
                    f"The container {balancer['containerName']} did not have a container port defined.",
                )
            groups = self.aws.client("elbv2").describe_target_groups(TargetGroupArns=[balancer["targetGroupArn"]])
            if not groups["TargetGroups"][0].get("LoadBalancerArns"):
                raise AwsError(
                    "InvalidParameterException", "The target group does not have an associated load balancer."
                )
        for registry in body.get("serviceRegistries", []):
            # It is there, or this fails as it does on AWS.
            self.aws.client("servicediscovery").get_service(Id=registry["registryArn"].rpartition("/")[2])
        # moto scales only a service that it knows itself.
        self.aws.client("ecs").create_service(
            cluster=body["cluster"], serviceName=name, taskDefinition=body["taskDefinition"]
        )
        service = {
            **body,
            "status": "ACTIVE",
            "desiredCount": body.get("desiredCount", 1),
            "serviceArn": f"arn:aws:ecs:{self.aws.region}:{self.aws.account}:service/{body['cluster']}/{name}",
            "deployments": [],
            "events": [],
        }
        self.services[name] = service
        self.deploy(service, definition)
        return {"service": self.shown(service)}

    def UpdateService(self, body):
        name = body["service"].rpartition("/")[2]
        if name not in self.services:
            raise AwsError("ServiceNotFoundException", "Service not found.")
        service = self.services[name]
        definition = self.definition(body.get("taskDefinition", service["taskDefinition"]))
        changed = definition["taskDefinitionArn"] != service["deployments"][0]["taskDefinition"]
        service |= {
            key: value for key, value in body.items() if key not in ("service", "cluster", "forceNewDeployment")
        }
        service["taskDefinition"] = definition["taskDefinitionArn"]
        if changed or body.get("forceNewDeployment"):
            self.deploy(service, definition)
        return {"service": self.shown(service)}

    def DeleteService(self, body):
        service = self.services.pop(body["service"].rpartition("/")[2])
        for deployment in service["deployments"]:
            self.stop_all(deployment)
        service["status"] = "INACTIVE"
        return {"service": self.shown(service)}

    # --- What happens meanwhile.

    def cluster_of(self, task):
        """Return the cluster of a task by its id."""
        return next(arn.split("/")[1] for arn in self.tasks if arn.endswith(f"/{task}"))

    def definition(self, name):
        return self.aws.client("ecs").describe_task_definition(taskDefinition=name)["taskDefinition"]

    def check_network(self, network):
        ec2 = self.aws.client("ec2")
        ec2.describe_subnets(SubnetIds=network["subnets"])
        ec2.describe_security_groups(GroupIds=network["securityGroups"])

    def start(self, definition, cluster, overrides, group):
        """Start a task, or return why ECS would not."""
        repository, _, digest = definition["containerDefinitions"][0]["image"].partition("/")[2].partition("@")
        images = self.aws.client("ecr").describe_images(repositoryName=repository)["imageDetails"]
        sha = next(
            (tag for image in images if image["imageDigest"] == digest for tag in image.get("imageTags", [])), ""
        )
        fits = {"family": definition["family"], "sha": sha}
        rule = next((rule for rule in self.aws.rules() if all(rule.get(key, it) == it for key, it in fits.items())), {})
        if "failure" in rule:
            return rule["failure"]
        task = Task(self.aws, definition, cluster, overrides, group, rule, sha)
        self.tasks[task.state["taskArn"]] = task
        threading.Thread(target=task.run, daemon=True).start()
        return task

    def deploy(self, service, definition, reason=""):
        deployment = {
            "id": f"ecs-svc/{uuid.uuid4().int % 10**19}",
            "status": "PRIMARY",
            "taskDefinition": definition["taskDefinitionArn"],
            "rolloutState": "IN_PROGRESS",
            "rolloutStateReason": reason,
            "failedTasks": 0,
            "createdAt": now(),
            "tasks": [],
        }
        with self.lock:
            for older in service["deployments"]:
                older["status"] = "ACTIVE"
            service["deployments"].insert(0, deployment)
        threading.Thread(target=self.roll, args=(service, deployment, definition), daemon=True).start()

    def roll(self, service, deployment, definition):
        """Start tasks until enough run, then stop the old ones; or give up as the circuit breaker does."""
        while deployment["status"] == "PRIMARY" and service["status"] == "ACTIVE":
            states = [task.state["lastStatus"] for task in deployment["tasks"]]
            failed = states.count("STOPPED")
            deployment["failedTasks"] = failed
            breaker = service.get("deploymentConfiguration", {}).get("deploymentCircuitBreaker", {})
            if breaker.get("enable") and failed >= BREAKER_FAILURES:
                return self.give_up(service, deployment, "tasks failed to start.", breaker.get("rollback"))
            if sum(map(self.is_healthy, deployment["tasks"])) >= service["desiredCount"]:
                break
            if len(states) - failed < service["desiredCount"]:
                deployment["tasks"].append(self.start_for(service, definition))
            time.sleep(TICK)
        alarms = service.get("deploymentConfiguration", {}).get("alarms", {})
        if alarms.get("enable") and any(task.rule.get("alarm") for task in deployment["tasks"]):
            return self.give_up(service, deployment, "alarm detected", alarms.get("rollback"))
        with self.lock:
            if deployment["status"] != "PRIMARY":
                return None
            deployment |= {
                "rolloutState": "COMPLETED",
                "rolloutStateReason": f"ECS deployment {deployment['id']} completed.",
            }
            older, service["deployments"] = service["deployments"][1:], [deployment]
        for old in older:
            self.stop_all(old)
        self.event(service, f"(service {service['serviceName']}) has reached a steady state.")
        return self.keep(service, deployment, definition)

    def keep(self, service, deployment, definition):
        """Keep as many tasks as the scaling asks for; what stopped is replaced."""
        while deployment["status"] == "PRIMARY" and service["status"] == "ACTIVE":
            alive = [task for task in deployment["tasks"] if task.state["desiredStatus"] == "RUNNING"]
            for task in alive:
                self.is_healthy(task)
            deployment["tasks"] = [task for task in deployment["tasks"] if task.state["lastStatus"] != "STOPPED"]
            if len(alive) < service["desiredCount"]:
                deployment["tasks"].append(self.start_for(service, definition))
            time.sleep(TICK)

    def start_for(self, service, definition):
        task = self.start(definition, service["cluster"], {}, f"service:{service['serviceName']}")
        task.balancers = service.get("loadBalancers", [])
        return task

    def is_healthy(self, task):
        """Return whether a task passed its health check, that of the load balancer or of its container.

        A process is asked; a task that a rule ends never passes, and any other does at once.
        """
        if task.state["lastStatus"] != "RUNNING" or "exitCode" in task.rule:
            return False
        if "exec" in task.rule and not task.balancers:
            task.healthy = task.healthy or "healthCheck" not in task.container or task.passes()
        elif not task.healthy and "exec" in task.rule:
            try:
                url = f"http://127.0.0.1:{task.port}/healthz"
                task.healthy = urllib3.PoolManager().request("GET", url, retries=False, timeout=2.0).status == 200
            except urllib3.exceptions.HTTPError:
                pass
        task.healthy = task.healthy or "exec" not in task.rule
        return task.healthy

    def give_up(self, service, deployment, why, rollback):
        reason = f"ECS deployment circuit breaker: {why}" if "alarm" not in why else f"ECS deployment failed: {why}"
        deployment |= {"rolloutState": "FAILED", "rolloutStateReason": reason}
        self.event(
            service, f"(service {service['serviceName']}) (deployment {deployment['id']}) deployment failed: {why}"
        )
        good = [item for item in service["deployments"][1:] if item["rolloutState"] == "COMPLETED"]
        if rollback and good:
            self.event(service, f"(service {service['serviceName']}) rolling back to deployment {good[0]['id']}.")
            service["taskDefinition"] = good[0]["taskDefinition"]
            self.deploy(service, self.definition(good[0]["taskDefinition"]), f"rolling back to {good[0]['id']}.")

    def stop_all(self, deployment):
        for task in deployment["tasks"]:
            task.stop("Scaling activity initiated by a deployment")

    def event(self, service, message):
        service["events"].insert(0, {"id": str(uuid.uuid4()), "createdAt": now(), "message": message})

    def shown(self, service):
        """The service as the API shows it, with its tasks counted."""
        deployments = []
        for item in service["deployments"]:
            states = [task.state["lastStatus"] for task in item["tasks"]]
            counts = {"runningCount": states.count("RUNNING"), "desiredCount": service["desiredCount"]}
            counts["pendingCount"] = sum(state in ("PROVISIONING", "PENDING") for state in states)
            deployments.append({key: value for key, value in item.items() if key != "tasks"} | counts)
        return {**service, "deployments": deployments}

    def next_target(self):
        """Return the task that the load balancer hands the next request to: healthy ones, one after another."""
        running = [task for task in self.tasks.values() if task.state["lastStatus"] == "RUNNING" and not task.stopping]
        targets = [task for task in running if task.balancers and task.healthy]
        return targets[next(self.turn) % len(targets)] if targets else None
