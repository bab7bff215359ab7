"""Who comes in: finds the session of a request, refuses what its role may not do, and answers for STS and the ECS agent."""

import base64
import json

from werkzeug.wrappers import Response

import check
from handlers import Handlers, lookups
from iam import Need, Session
from rights import Rights, to_body


class Door:
    def __init__(self, aws, stacks):
        self.aws, self.stacks = aws, stacks
        self.rights, self.handlers = Rights(aws), Handlers(aws)

    def answer(self, service, action, request, form):
        """Return an answer where it is given here, and nothing where the request may go on."""
        if request.path == "/stand-in/sessions":
            return self.take(json.loads(request.get_data()))
        if request.path == "/stand-in/rights":
            return self.report(request.args.getlist("role"))
        if request.path.startswith("/agent/"):
            return self.protect(request)
        if not service:
            return None
        key = request.headers.get("Authorization", "").partition("Credential=")[2].partition("/")[0]
        session = self.aws.iam.session(key)
        # For the stack that this request may change.
        self.stacks.caller.session = session
        body = to_body(request, form, check.unflatten)
        if service == "sts" and action in ("AssumeRole", "AssumeRoleWithWebIdentity"):
            return self.xml(action, getattr(self.aws.iam, action)(body))
        if session is not None:
            self.aws.iam.check(session, self.rights.of(service, action, request, body))
        if service == "ecr" and action == "GetAuthorizationToken":
            return self.log_in(key)
        return None if session is None else self.whoami(service, action, session)

    def whoami(self, service, action, session):
        return self.xml(action, self.aws.iam.GetCallerIdentity(session)) if service == "sts" else None

    def log_in(self, key):
        """Hand out a password of the registry. It is the caller's: Docker may then do what he may."""
        password = base64.b64encode(f"AWS:{key}".encode()).decode()
        registry = f"https://{self.aws.account}.dkr.ecr.{self.aws.region}.amazonaws.com"
        data = {"authorizationToken": password, "expiresAt": 0, "proxyEndpoint": registry}
        return Response(json.dumps({"authorizationData": [data]}), mimetype="application/json")

    def xml(self, action, body):
        return Response(check.to_xml(self.aws, action, body, "sts"), mimetype="text/xml")

    def take(self, body):
        """Take a role as a service of AWS does, and hand out the keys."""
        context = {"aws:SourceAccount": self.aws.account, "aws:SourceArn": body["source"]}
        try:
            keys = self.aws.iam.take(body["role"], {"Service": body["service"]}, context)
            if body["service"] == "codebuild.amazonaws.com":
                self.report_build(body["source"].rpartition("/")[2], self.aws.iam.session(keys["AccessKeyId"]))
        except check.AwsError as error:
            return Response(str(error), status=403)
        return Response(json.dumps(keys), mimetype="application/json")

    def report_build(self, project, session):
        """Fetch the repository and write the log of a build, as CodeBuild does with the role of the project.

        "Allow CodeBuild to interact with other AWS services" and "GitHub App connections", AWS CodeBuild User Guide.
        """
        platform = next((one for one in self.stacks.stacks.values() if "ConnectionArn" in one.parameters), None)
        connection = platform.parameters["ConnectionArn"] if platform is not None else ""
        for action in ("GetConnection", "GetConnectionToken") if connection else ():
            service = connection.split(":")[2]
            self.aws.iam.check(session, self.rights.of(service, action, None, {"connectionArn": connection}))
        stream = {"logGroupName": f"/aws/codebuild/{project}", "logStreamName": "0123"}
        for action in ("CreateLogGroup", "CreateLogStream", "PutLogEvents"):
            self.aws.iam.check(session, self.rights.of("logs", action, None, stream))

    def protect(self, request):
        """The agent of ECS asks for a task's protection with the rights of the task's own role."""
        _, _, key, task, *_ = request.path.split("/")
        action = "UpdateTaskProtection" if request.method == "PUT" else "GetTaskProtection"
        body = {"cluster": self.stacks.resources.tasks.cluster_of(task), "tasks": [task]}
        try:
            self.aws.iam.check(self.aws.iam.session(key), self.rights.of("ecs", action, request, body))
        except check.AwsError as error:
            return Response(json.dumps({"error": {"Code": error.code, "Message": str(error)}}), status=400)
        return Response(json.dumps({"protection": json.loads(request.get_data() or b"{}")}), mimetype="application/json")

    def report(self, roles):
        """What was refused to the roles, and what of their policies nobody has needed.

        Counted among what they need is whatever a change of a stack that they may update can ask of its handlers.
        """
        iam = self.aws.iam
        for role in roles:
            for need in self.possible(role):
                iam.refusal(Session(role, "possible"), need)
        return Response(
            json.dumps({"refused": iam.refused(roles), "unneeded": iam.unneeded(roles)}), mimetype="application/json"
        )

    def possible(self, role):
        """What creating, updating and deleting each resource needs, of every stack that a role may update."""
        return [
            need
            for stack in self.stacks.stacks.values()
            if self.aws.iam.allowing(role, Need("cloudformation:UpdateStack", stack.arn))
            for known in stack.resources.values()
            for operation in ("create", "update", "delete")
            for need in [*self.handlers.of(known["type"], operation, known["properties"]), *lookups(stack.template)]
        ]
