"""The project's secret in the account that is made up: versions and labels as AWS has them."""

import json

from .client import error


class Kept:
    """One secret, empty at first as the platform's stack makes it."""

    def __init__(self, world, is_there=True):
        self.name = f"{world.slug}/app"
        self.arn = world.secret_arn(f"{self.name}-A1b2C3")
        self.is_there = is_there
        self.description = ""
        self.versions = {}
        self.labels = {}
        # What somebody else does between a look and the change that follows, once each.
        self.meanwhile = []
        self.errors = world.client("secretsmanager").exceptions
        self.others = world.describe_secret
        world.answer(
            "secretsmanager",
            describe_secret=self.describe,
            create_secret=self.create,
            get_secret_value=self.get,
            put_secret_value=self.put,
            update_secret_version_stage=self.move,
            update_secret=self.update,
        )

    @property
    def values(self):
        return json.loads(self.versions[self.labels["AWSCURRENT"]])

    def set(self, values, version="console"):
        """Change it as the console does: at once, and without a note."""
        text = values if isinstance(values, str) else json.dumps(values)
        # An id is that of AWS: 32 characters or more.
        version = version.ljust(32, "-")
        self.versions[version] = text
        self.labels["AWSCURRENT"] = version

    def is_this(self, request):
        return request["SecretId"] in (self.name, self.arn, self.arn[:-7])

    def describe(self, request):
        if not self.is_this(request):
            return self.others(request)
        if not self.is_there or request["SecretId"] == self.arn[:-7]:
            return self.errors.ResourceNotFoundException({"Error": {}}, "DescribeSecret")
        stages = {}
        for label, version in self.labels.items():
            stages.setdefault(version, []).append(label)
        about = {"ARN": self.arn, "VersionIdsToStages": stages}
        return about | ({"Description": self.description} if self.description else {})

    def create(self, request):
        assert not self.is_there
        self.is_there = True
        self.set(request["SecretString"], "first")
        return {"ARN": self.arn}

    def get(self, request):
        assert self.is_this(request)
        if "AWSCURRENT" not in self.labels:
            return self.errors.ResourceNotFoundException({"Error": {}}, "GetSecretValue")
        version = self.labels["AWSCURRENT"]
        return {"VersionId": version, "SecretString": self.versions[version]}

    def put(self, request):
        if self.meanwhile:
            self.meanwhile.pop(0)()
        version = request["ClientRequestToken"]
        self.versions[version] = request["SecretString"]
        stages = list(request["VersionStages"])
        if "AWSCURRENT" not in self.labels:
            stages.append("AWSCURRENT")
        self.labels |= dict.fromkeys(stages, version)
        return {"VersionStages": stages}

    def move(self, request):
        label, before = request["VersionStage"], request["RemoveFromVersionId"]
        if self.labels.get(label) != before:
            answer = {"Error": {"Code": "InvalidParameterException"}}
            return self.errors.InvalidParameterException(answer, "UpdateSecretVersionStage")
        self.labels |= {label: request["MoveToVersionId"], "AWSPREVIOUS": before}
        return {}

    def update(self, request):
        if len(request["Description"]) > 2048:
            return error("ValidationException", "too long")
        self.description = request["Description"]
        return {}
