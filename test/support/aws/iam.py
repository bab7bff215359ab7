"""IAM: who asks, whether the policies of his role let him, and which of them nobody has needed.

Whoever comes with the keys of no session is an administrator. A session is a role's, taken by its trust policy; what it may
do stands in the policies that CloudFormation gave the role. The rules are those of AWS's "Policy evaluation logic" for one
account without boundaries: denied unless a statement allows it, and an explicit Deny wins. A condition on a key that the
request does not have is not met; one of an operator that is not known here refuses whoever asks, by its name.
"""

import base64
import json
import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from moto.iam.models import iam_backends

from check import AwsError

OPERATORS = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringLike": lambda value, wanted: matches(wanted, value),
    "ArnEquals": lambda value, wanted: matches(wanted, value),
    "ArnLike": lambda value, wanted: matches(wanted, value),
    "Bool": lambda value, wanted: value.lower() == wanted.lower(),
}


@dataclass(frozen=True)
class Need:
    """A right that a request needs: an action on a resource, under these circumstances."""

    action: str
    resource: str = "*"
    context: tuple = ()


@dataclass(frozen=True)
class Session:
    role: str
    name: str

    def arn(self, account):
        return f"arn:aws:sts::{account}:assumed-role/{self.role}/{self.name}"


def listed(value):
    return value if isinstance(value, list) else [value]


def matches(pattern, text):
    """Return whether a text is what a pattern of IAM says: * is any text, ? is one character."""
    words = [{"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern]
    return re.fullmatch("".join(words), text, re.DOTALL) is not None


def is_met(conditions, context):
    """Return whether every condition of a statement is met."""
    known = {key.lower(): value for key, value in context}
    for operator, keys in (conditions or {}).items():
        if operator not in OPERATORS:
            raise AwsError("AccessDeniedException", f"the stand-in cannot evaluate the condition {operator}")
        for key, wanted in keys.items():
            value = known.get(key.lower())
            if value is None or not any(OPERATORS[operator](value, str(item)) for item in listed(wanted)):
                return False
    return True


class Iam:
    def __init__(self, aws):
        self.aws, self.sessions = aws, {}
        # Each need of a role once: what of its policies allowed it, as places in them; none where it was refused.
        self.decided = {}

    # --- Sessions

    def session(self, key):
        """Return the session whose access key this is; None for an administrator."""
        if key.startswith("ASIA") and key not in self.sessions:
            raise AwsError("InvalidClientTokenId", "The security token included in the request is invalid.")
        return self.sessions.get(key)

    def begin(self, role, name):
        """Begin a session and return its credentials."""
        key = f"ASIA{uuid.uuid4().hex[:16].upper()}"
        self.sessions[key] = Session(role, name)
        return {"AccessKeyId": key, "SecretAccessKey": uuid.uuid4().hex, "SessionToken": uuid.uuid4().hex}

    def role(self, name):
        return next((role for role in self.backend().roles.values() if role.name == name), None)

    def backend(self):
        return iam_backends[self.aws.account]["aws"]

    def trusts(self, name, action, principal, context):
        """Return whether a role's trust policy lets a principal, {"Service": ...} and so on, take it."""
        role = self.role(name)
        if role is None:
            return False
        document = role.assume_role_policy_document
        document = json.loads(document) if isinstance(document, str) else document
        return any(
            statement["Effect"] == "Allow"
            and action in listed(statement["Action"])
            and any(item in listed(statement["Principal"].get(kind, [])) for kind, item in principal.items())
            and is_met(statement.get("Condition"), context.items())
            for statement in document["Statement"]
        )

    def take(self, name, principal, context):
        """Begin a session for a service of AWS or another account's root."""
        if not self.trusts(name, "sts:AssumeRole", principal, context):
            who = next(iter(principal.values()))
            raise AwsError("AccessDenied", f"User: {who} is not authorized to perform: sts:AssumeRole on resource: {name}")
        return self.begin(name, "session")

    def AssumeRole(self, form):
        name = form["RoleArn"].rpartition("/")[2]
        taken = self.take(name, {"AWS": f"arn:aws:iam::{self.aws.account}:root"}, {})
        return self.assumed(name, form, taken)

    def AssumeRoleWithWebIdentity(self, form):
        """Begin a session for a token, whose signature nobody looks at here, of an identity provider of the account."""
        claims = json.loads(base64.urlsafe_b64decode(form["WebIdentityToken"].split(".")[1] + "=="))
        issuer = claims["iss"].removeprefix("https://")
        provider = f"arn:aws:iam::{self.aws.account}:oidc-provider/{issuer}"
        known = self.backend().open_id_providers.get(provider)
        if known is None:
            raise AwsError("InvalidIdentityToken", f"No OpenIDConnect provider found in your account for {claims['iss']}")
        if claims["aud"] not in known.client_id_list:
            raise AwsError("InvalidIdentityToken", "Incorrect token audience")
        name = form["RoleArn"].rpartition("/")[2]
        context = {f"{issuer}:{key}": str(value) for key, value in claims.items()}
        if not self.trusts(name, "sts:AssumeRoleWithWebIdentity", {"Federated": provider}, context):
            raise AwsError("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
        return self.assumed(name, form, self.begin(name, form["RoleSessionName"]))

    def assumed(self, name, form, credentials):
        seconds, most = int(form.get("DurationSeconds", 3600)), int(self.role(name).max_session_duration or 3600)
        if seconds > most:
            message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
            raise AwsError("ValidationError", message)
        ends = datetime.now(timezone.utc) + timedelta(seconds=seconds)
        user = {"AssumedRoleId": f"AROA:{name}", "Arn": self.sessions[credentials["AccessKeyId"]].arn(self.aws.account)}
        return {"Credentials": {**credentials, "Expiration": ends}, "AssumedRoleUser": user}

    def GetCallerIdentity(self, session):
        return {"UserId": f"AROA:{session.name}", "Account": self.aws.account, "Arn": session.arn(self.aws.account)}

    # --- Decisions

    def policies(self, role):
        """Return the policies of a role by name: its own, and the managed ones that are attached to it."""
        found = self.role(role)
        if found is None:
            return {}
        managed = {
            arn: version.document
            for arn, policy in found.managed_policies.items()
            for version in policy.versions
            if version.version_id == policy.default_version_id
        }
        documents = {**found.policies, **managed}
        return {name: json.loads(text) if isinstance(text, str) else text for name, text in documents.items()}

    def allowing(self, role, need):
        """Return the places in a role's policies that allow something; none where it is denied, or nothing does."""
        allowed, denied = [], False
        for policy, document in self.policies(role).items():
            for number, statement in enumerate(listed(document["Statement"])):
                places = [
                    (policy, number, action, resource)
                    for action in listed(statement["Action"])
                    if matches(action.lower(), need.action.lower())
                    for resource in listed(statement["Resource"])
                    if matches(resource, need.resource)
                ]
                if places and is_met(statement.get("Condition"), need.context):
                    denied = denied or statement["Effect"] == "Deny"
                    allowed += places
        return [] if denied else allowed

    def refusal(self, session, need):
        """Return why a session may not do something, in AWS's words; nothing where it may. It is remembered."""
        allowed = self.allowing(session.role, need)
        self.decided[session.role, need] = allowed
        if allowed:
            return ""
        who = session.arn(self.aws.account)
        what = f"{need.action} on resource: {need.resource}"
        return f"User: {who} is not authorized to perform: {what} because no identity-based policy allows the action"

    def check(self, session, needs):
        """Refuse what a session may not do; None stands for an administrator."""
        for need in needs if session is not None else []:
            why = self.refusal(session, need)
            if why:
                raise AwsError("AccessDeniedException", why)

    # --- What nobody needed

    def unneeded(self, roles):
        """Return each action and each resource of the roles' policies without which nothing would have been refused.

        Taken away, each of the others turns a request that was made into one that is refused. So does a right that stands
        twice not: then either can go.
        """
        needed = set()
        for (role, _), places in self.decided.items():
            for part in (2, 3):
                kinds = {(policy, number, part, place[part]) for place in places for policy, number in [place[:2]]}
                if len(kinds) == 1:
                    needed.add((role, *kinds.pop()))
        found = []
        for role in roles:
            for policy, document in self.policies(role).items():
                for number, statement in enumerate(listed(document["Statement"])):
                    for part, key in ((2, "Action"), (3, "Resource")):
                        found += [
                            f"{role} {statement.get('Sid', number)}: {right}"
                            for right in listed(statement[key])
                            if (role, policy, number, part, right) not in needed
                        ]
        return found

    def refused(self, roles):
        """Return what was refused to the roles."""
        return [
            f"{role}: {need.action} on {need.resource}"
            for (role, need), places in self.decided.items()
            if role in roles and not places
        ]
