"""The one port of the AWS stand-in: our own CloudFormation and ECS, moto for all the rest, and the load balancer.

    python front.py RULES     prints "listening on http://127.0.0.1:PORT"

RULES is a JSON file that is read again for each task, see tasks.py. What the caller asked for is served as JSON under
/stand-in/calls. Whoever comes with the keys of a session is held to the rights of its role: POST /stand-in/sessions takes a
role as a service of AWS does, and /stand-in/rights?role=NAME says what of a role's policies nobody has needed. It is a
stand-in, no oracle: how AWS behaves is written here from AWS's documents.
"""

import io
import json
import sys
import threading
from pathlib import Path
from urllib.parse import parse_qsl

import boto3
import botocore.session
import urllib3
from botocore.exceptions import ClientError
from moto.rds.models import DBInstance
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

import check
from door import Door
from iam import Iam
from quotas import Quotas
from stacks import Stacks
from tasks import Tasks

REGION = "us-east-1"


class Aws:
    """What the parts share: clients of moto, AWS's models, the account."""

    account = "123456789012"
    region = REGION
    models = botocore.session.get_session()

    def __init__(self, url, address, rules):
        self.url, self.address, self.rules_file = url, address, Path(rules)
        self.clients, self.lock = {}, threading.Lock()
        # One session, so that each of AWS's models is read once; it must not be used by two threads at a time.
        self.session = boto3.session.Session(botocore_session=self.models)
        self.iam = Iam(self)

    def client(self, service):
        with self.lock:
            if service not in self.clients:
                keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
                where = {"endpoint_url": self.url, "region_name": self.region}
                self.clients[service] = self.session.client(service, **where, **keys)
            return self.clients[service]

    def rules(self):
        return json.loads(self.rules_file.read_text())


def without_wait(action, data):
    """Let nobody wait for messages: moto would go on for a worker that has ended, and hand a message to nobody."""
    if action != "ReceiveMessage":
        return data
    return json.dumps({**json.loads(data), "WaitTimeSeconds": 0}).encode()


class Front:
    def __init__(self, aws, moto):
        self.aws, self.moto = aws, moto
        self.calls = []
        self.tasks = Tasks(aws)
        self.stacks = Stacks(aws, self.tasks)
        self.quotas = Quotas()
        self.door = Door(aws, self.stacks)

    def __call__(self, environ, start_response):
        request = Request(environ)
        target = request.headers.get("X-Amz-Target", "")
        credential = request.headers.get("Authorization", "").partition("Credential=")[2]
        service = credential.split("/")[3] if credential.count("/") > 3 else ""
        form = {}
        if request.method == "POST" and not target:
            form = dict(parse_qsl(request.get_data(cache=True).decode("latin-1"), keep_blank_values=True))
        action = target.rpartition(".")[2] or form.get("Action", "")
        # Whoever comes with a token signs nothing.
        service = service or ("sts" if action == "AssumeRoleWithWebIdentity" else "")
        # The tests' own questions are marked.
        if service and "X-Stand-In" not in request.headers:
            self.calls.append(f"{service}:{action or request.method}")
        try:
            answer = self.door.answer(service, action, request, form)
            if answer is None:
                answer = self.answer(service, action, request, form)
        except check.AwsError as error:
            answer = self.refuse(error, service)
        except ClientError as error:
            details = error.response["Error"]
            answer = self.refuse(check.AwsError(details["Code"], details["Message"]), service)
        if answer is None:
            # moto reads the body again.
            data = without_wait(action, request.get_data(cache=True))
            environ |= {"wsgi.input": io.BytesIO(data), "CONTENT_LENGTH": str(len(data))}
            return self.moto(environ, start_response)
        return answer(environ, start_response)

    def answer(self, service, action, request, form):
        if request.path == "/stand-in/calls":
            return Response(json.dumps(self.calls), mimetype="application/json")
        if not service:
            return self.balance(request)
        if service == "cloudformation":
            body = self.stacks.call(action, check.unflatten(form))
            return Response(check.to_xml(self.aws, action, body), mimetype="text/xml")
        body = json.loads(request.get_data(cache=True) or b"{}") if action and not form else {}
        if service == "ecs" and hasattr(self.tasks, action):
            check.request(self.aws, "ecs", action, body)
            return Response(check.to_json(getattr(self.tasks, action)(body)), mimetype="application/json")
        if service == "ecs" and action == "RegisterTaskDefinition":
            check.request(self.aws, "ecs", action, body)
            check.task_definition(body)
        if service == "servicequotas":
            check.request(self.aws, "service-quotas", action, body)
            return Response(json.dumps(self.quotas.answer(action, body)), mimetype="application/json")
        if action == "AddClientIDToOpenIDConnectProvider":
            return Response(self.add_audience(form), mimetype="text/xml")
        if service == "ecr" and action == "GetDownloadUrlForLayer":
            link = f"http://{self.aws.address}/layers/{body['layerDigest']}"
            return Response(json.dumps({"downloadUrl": link, "layerDigest": body["layerDigest"]}))
        return None

    def add_audience(self, form):
        """Let an identity provider know one more audience: moto takes audiences at its creation only."""
        iam, arn = self.aws.client("iam"), form["OpenIDConnectProviderArn"]
        about = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
        audiences = [*about["ClientIDList"], form["ClientID"]]
        iam.create_open_id_connect_provider(Url=f"https://{about['Url']}", ClientIDList=audiences)
        return "<Response><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></Response>"

    def balance(self, request):
        """Hand a request to a task that is a target, as the load balancer does; or a layer to whoever has its link."""
        if request.path.startswith("/layers/"):
            # Our images name their architecture in the digest of their configuration.
            name = "arm64" if request.path.endswith("arm") else "amd64"
            return Response(json.dumps({"architecture": name}), mimetype="application/json")
        task = self.tasks.next_target()
        if task is None:
            return Response("no healthy target", status=503)
        if task.port is None:
            return Response(json.dumps({"status": "ok", "git_sha": task.sha}), mimetype="application/json")
        try:
            headers = {"Host": request.host, "X-Forwarded-Proto": "http"}
            reply = urllib3.PoolManager().request(
                "GET", f"http://127.0.0.1:{task.port}{request.path}", headers=headers, retries=False, timeout=5.0
            )
        except urllib3.exceptions.HTTPError:
            return Response("the target does not answer", status=502)
        return Response(reply.data, status=reply.status, mimetype=reply.headers.get("Content-Type"))

    def refuse(self, error, service):
        if service in ("cloudformation", "sts", "iam", "elasticloadbalancing", "s3"):
            # These call a refusal by a shorter name.
            error.code = error.code.replace("AccessDeniedException", "AccessDenied")
            return Response(check.error_xml(error, bare=service == "s3"), status=400, mimetype="text/xml")
        body = json.dumps({"__type": error.code, "message": str(error)})
        return Response(body, status=400, mimetype="application/x-amz-json-1.1")


def main(rules):
    # moto's automated snapshots carry the minute in their names: two of one minute would be the same.
    DBInstance.save_automated_backup = lambda instance: None
    moto = DomainDispatcherApplication(create_backend_app)
    inner = make_server("127.0.0.1", 0, moto, threaded=True)
    threading.Thread(target=inner.serve_forever, daemon=True).start()
    outer = make_server("127.0.0.1", 0, lambda *call: front(*call), threaded=True)
    address = f"127.0.0.1:{outer.server_port}"
    front = Front(Aws(f"http://127.0.0.1:{inner.server_port}", address, rules), moto)
    print(f"listening on http://{address}", flush=True)
    outer.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
