"""CloudFormation: parameters, conditions, functions, order, updates of what changed, rollback, events."""

import re
import threading
import traceback
import uuid
from datetime import datetime, timezone

import yaml
from botocore.exceptions import ClientError

import protection
from check import AwsError
from handlers import Handlers, lookups
from resources import Resources

NOTHING = object()


# Written in C where PyYAML was built with it: ten times as fast.
Fast = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Loader(Fast):
    """YAML with CloudFormation's short functions, and dates left alone."""


Loader.yaml_implicit_resolvers = {
    key: [(tag, pattern) for tag, pattern in rules if "timestamp" not in tag]
    for key, rules in Fast.yaml_implicit_resolvers.items()
}


def short(loader, tag, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        value = value.split(".", 1) if tag == "GetAtt" else value
    else:
        build = loader.construct_sequence if isinstance(node, yaml.SequenceNode) else loader.construct_mapping
        value = build(node, deep=True)
    return {tag if tag in ("Ref", "Condition") else f"Fn::{tag}": value}


Loader.add_multi_constructor("!", short)


class Stack:
    def __init__(self, name, arn):
        self.name, self.arn, self.status, self.reason = name, arn, "", ""
        self.body, self.template, self.parameters = "", {}, {}
        # By logical name: type, properties, physical name and attributes.
        self.resources, self.outputs, self.events, self.token = {}, {}, [], ""
        # By logical name: what is left of it in the list of resources; and what updates are refused.
        self.states, self.policy = {}, ""


class Scope:
    """Values of a stack's functions while it is created or updated."""

    def __init__(self, aws, stack, template, parameters, resources):
        self.aws, self.stack, self.template, self.resources = aws, stack, template, resources
        self.parameters = parameters
        self.pseudo = {
            "AWS::Region": aws.region,
            "AWS::AccountId": aws.account,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": stack.name,
            "AWS::StackId": stack.arn,
            "AWS::NoValue": NOTHING,
        }

    def ref(self, name):
        if name in self.pseudo:
            return self.pseudo[name]
        if name in self.parameters:
            kind = self.template["Parameters"][name]["Type"]
            value = self.parameters[name]
            return value.split(",") if kind.startswith(("List<", "CommaDelimitedList")) else value
        return self.resources[name]["id"]

    def attribute(self, name, path):
        found = self.resources[name]["attributes"]
        if path not in found:
            raise AwsError("ValidationError", f"Template error: {name} has no attribute {path} in the stand-in")
        return found[path]

    def condition(self, name):
        return self.value(self.template["Conditions"][name])

    def value(self, item):
        if isinstance(item, list):
            return [inner for inner in map(self.value, item) if inner is not NOTHING]
        if not isinstance(item, dict):
            return item
        if len(item) == 1:
            (key, given) = next(iter(item.items()))
            if key == "Ref":
                return self.ref(given)
            if key == "Condition" and isinstance(given, str) and given in self.template.get("Conditions", {}):
                return self.condition(given)
            if key.startswith("Fn::"):
                return self.function(key[4:], given)
        values = {key: self.value(inner) for key, inner in item.items()}
        return {key: inner for key, inner in values.items() if inner is not NOTHING}

    def function(self, name, given):
        if name == "If":
            return self.value(given[1] if self.condition(given[0]) else given[2])
        if name == "GetAtt":
            return self.attribute(*given)
        if name == "Sub":
            text, more = given if isinstance(given, list) else (given, {})
            return re.sub(r"\$\{([^!}][^}]*)\}", lambda match: self.substitute(match[1], more), text)
        values = self.value(given)
        if name == "Equals":
            return str(values[0]) == str(values[1])
        if name == "Join":
            return values[0].join(map(str, values[1]))
        if name == "Select":
            return values[1][int(values[0])]
        if name == "GetAZs":
            return [f"{self.aws.region}{letter}" for letter in "abc"]
        logic = {"Not": lambda: not values[0], "And": lambda: all(values), "Or": lambda: any(values)}
        if name in logic:
            return logic[name]()
        raise AwsError("ValidationError", f"Template error: the stand-in knows no function {name}")

    def substitute(self, name, more):
        if name in more:
            return str(self.value(more[name]))
        resource, dot, path = name.partition(".")
        return str(self.attribute(resource, path) if dot else self.ref(name))

    def needs(self, item):
        """Yield the resources that a property refers to."""
        if isinstance(item, list):
            for inner in item:
                yield from self.needs(inner)
        elif isinstance(item, dict):
            for key, inner in item.items():
                if key == "Fn::Sub":
                    text = inner[0] if isinstance(inner, list) else inner
                    yield from (name.partition(".")[0] for name in re.findall(r"\$\{([^!}]+)\}", text))
                if key == "Ref":
                    yield inner
                elif key == "Fn::GetAtt":
                    yield inner[0]
                else:
                    yield from self.needs(inner)


class Stacks:
    def __init__(self, aws, tasks):
        self.aws, self.stacks, self.resources = aws, {}, Resources(aws, tasks)
        # Who asks, in the thread that answers: a stack changes with the rights of whoever changes it.
        self.handlers, self.caller = Handlers(aws), threading.local()
        # By ARN. CloudFormation tells of a deleted stack for 90 days, to who knows its ARN.
        self.deleted = {}

    def call(self, action, form):
        if not hasattr(self, action):
            raise AwsError("ValidationError", f"the stand-in knows no {action}")
        return getattr(self, action)(form)

    def find(self, form):
        name = form["StackName"]
        for stack in (*self.stacks.values(), *self.deleted.values()):
            if name == stack.arn or name == stack.name and stack.arn not in self.deleted:
                return stack
        raise AwsError("ValidationError", f"Stack with id {name} does not exist")

    def DescribeStacks(self, form):
        # Without a name, those that there are.
        found = [self.find(form)] if "StackName" in form else list(self.stacks.values())
        return {"Stacks": [self.described(stack) for stack in found]}

    def described(self, stack):
        pairs = [{"ParameterKey": key, "ParameterValue": value} for key, value in stack.parameters.items()]
        outputs = [{"OutputKey": key, "OutputValue": value} for key, value in stack.outputs.items()]
        shown = {"StackName": stack.name, "StackId": stack.arn, "StackStatus": stack.status, "Parameters": pairs}
        return {**shown, "Outputs": outputs, "CreationTime": stack.created, "StackStatusReason": stack.reason}

    def DescribeStackEvents(self, form):
        return {"StackEvents": self.find(form).events[::-1]}

    def ListStackResources(self, form):
        stack, now = self.find(form), datetime.now(timezone.utc)
        shown = [
            {**about, "LogicalResourceId": name, "LastUpdatedTimestamp": now} for name, about in stack.states.items()
        ]
        return {"StackResourceSummaries": shown}

    def CreateStack(self, form):
        name = form["StackName"]
        if name in self.stacks:
            raise AwsError("AlreadyExistsException", f"Stack [{name}] already exists")
        stack = Stack(name, f"arn:aws:cloudformation:{self.aws.region}:{self.aws.account}:stack/{name}/{uuid.uuid4()}")
        stack.created = datetime.now(timezone.utc)
        change = self.prepare(stack, form)
        self.stacks[name] = stack
        self.begin(stack, form, "CREATE", change)
        return {"StackId": stack.arn}

    def UpdateStack(self, form):
        stack = self.find(form)
        keeps = form.get("DisableRollback") == "true"
        if stack.status == "UPDATE_FAILED" and not keeps:
            message = (
                "This stack is currently in a non-terminal [UPDATE_FAILED] state. To update the stack from this state,"
                " please use the disable-rollback parameter with update-stack API. To rollback to the last known good"
                " state, use the rollback-stack API"
            )
            raise AwsError("ValidationError", message)
        if stack.status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_FAILED"):
            raise AwsError("ValidationError", f"Stack:{stack.arn} is in {stack.status} state and can not be updated.")
        change = self.prepare(stack, form)
        if change == (stack.body, stack.template, stack.parameters):
            raise AwsError("ValidationError", "No updates are to be performed.")
        self.begin(stack, form, "UPDATE", change, keeps)
        return {"StackId": stack.arn}

    def DeleteStack(self, form):
        """Begin to delete a stack. One that is not there is deleted already."""
        try:
            stack = self.find(form)
        except AwsError:
            return {}
        if stack.status in ("DELETE_IN_PROGRESS", "DELETE_COMPLETE"):
            return {}
        if stack.status.endswith("_IN_PROGRESS"):
            message = f"Stack [{stack.name}] cannot be deleted while in status {stack.status}"
            raise AwsError("ValidationError", message)
        stack.token, stack.session = form.get("ClientRequestToken", ""), self.caller.session
        self.mark(stack, "DELETE_IN_PROGRESS", "User Initiated")
        threading.Thread(target=self.unmake, args=(stack,), daemon=True).start()
        return {}

    def unmake(self, stack):
        failed = self.remove_all(stack, creating=False)
        if failed:
            self.mark(stack, "DELETE_FAILED", failed)
            return
        self.deleted[stack.arn] = self.stacks.pop(stack.name)
        self.mark(stack, "DELETE_COMPLETE")

    def remove_all(self, stack, creating):
        """Remove the resources, the last first, and return which could not be; what those need stays, too."""
        scope = Scope(self.aws, stack, stack.template, stack.parameters, stack.resources)
        needed, failed = set(), []
        for name in reversed(list(stack.resources)):
            item = stack.template["Resources"][name]
            try:
                if name not in needed:
                    self.remove(stack, name, creating)
                    continue
            except (AwsError, ClientError) as error:
                failed.append(name)
                stack.states[name]["ResourceStatus"] = "DELETE_FAILED"
                self.event(stack, name, item["Type"], "DELETE_FAILED", str(error), stack.resources[name]["id"])
            after = item.get("DependsOn", [])
            needed |= {*scope.needs(item.get("Properties", {})), *([after] if isinstance(after, str) else after)}
        return f"The following resource(s) failed to delete: [{', '.join(failed)}]. " if failed else ""

    def prepare(self, stack, form):
        """Check what CloudFormation checks before it begins: size, capabilities, parameters, rules."""
        body = form["TemplateBody"]
        if len(body.encode()) > 51_200:
            raise AwsError("ValidationError", "Member must have length less than or equal to 51200")
        template = yaml.load(body, Loader)
        roles = [item for item in template["Resources"].values() if item["Type"] == "AWS::IAM::Role"]
        if roles and "CAPABILITY_NAMED_IAM" not in form.get("Capabilities", []):
            raise AwsError("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_NAMED_IAM]")
        declared = template.get("Parameters", {})
        given = {item["ParameterKey"]: item for item in form.get("Parameters", [])}
        unknown = set(given) - set(declared)
        if unknown:
            raise AwsError("ValidationError", f"Parameters: [{', '.join(unknown)}] do not exist in the template")
        values, missing = {}, []
        for key, about in declared.items():
            item = given.get(key, {})
            if item.get("UsePreviousValue") == "true":
                if key not in stack.parameters:
                    raise AwsError("ValidationError", f"Parameters: [{key}] must have values")
                values[key] = stack.parameters[key]
            elif "ParameterValue" in item or "Default" in about:
                values[key] = item.get("ParameterValue", str(about.get("Default")))
            else:
                missing.append(key)
            if key in values:
                self.check_parameter(key, about, values[key])
        if missing:
            raise AwsError("ValidationError", f"Parameters: [{', '.join(missing)}] must have values")
        scope = Scope(self.aws, stack, template, values, {})
        for rule in template.get("Rules", {}).values():
            if "RuleCondition" not in rule or scope.value(rule["RuleCondition"]):
                for item in rule["Assertions"]:
                    if not scope.value(item["Assert"]):
                        raise AwsError("ValidationError", f"Template validation error: {item['AssertDescription']}")
        return body, template, values

    def check_parameter(self, key, about, value):
        if "AllowedValues" in about and value not in map(str, about["AllowedValues"]):
            raise AwsError("ValidationError", f"Parameter '{key}' must be one of AllowedValues")
        # Each value of a list has to match.
        parts = value.split(",") if about["Type"] == "CommaDelimitedList" else [value]
        if "AllowedPattern" in about and not all(re.fullmatch(about["AllowedPattern"], part) for part in parts):
            what = about.get("ConstraintDescription", f"must match pattern {about['AllowedPattern']}")
            raise AwsError("ValidationError", f"Parameter '{key}' {what}")
        ec2, words = self.aws.client("ec2"), value.split(",")
        try:
            if "Subnet::Id" in about["Type"]:
                ec2.describe_subnets(SubnetIds=words)
            elif "SecurityGroup::Id" in about["Type"]:
                ec2.describe_security_groups(GroupIds=words)
            elif "VPC::Id" in about["Type"]:
                ec2.describe_vpcs(VpcIds=words)
        except ClientError as error:
            text = f"Parameter validation failed: parameter value {value} for parameter name {key} does not exist"
            raise AwsError("ValidationError", text) from error

    def begin(self, stack, form, kind, change, keeps=False):
        stack.token, stack.session = form.get("ClientRequestToken", ""), self.caller.session
        stack.policy = form.get("StackPolicyBody", stack.policy)
        self.mark(stack, f"{kind}_IN_PROGRESS")
        threading.Thread(target=self.work, args=(stack, kind, change, keeps), daemon=True).start()

    def work(self, stack, kind, change, keeps):
        before = (stack.body, stack.template, stack.parameters)
        stack.body, stack.template, stack.parameters = change
        try:
            self.apply(stack, kind)
        except (AwsError, ClientError, KeyError, TypeError, ValueError) as error:
            if not isinstance(error, (AwsError, ClientError)):
                traceback.print_exc()
            if kind == "CREATE":
                self.mark(stack, "ROLLBACK_IN_PROGRESS", str(error))
                failed = self.remove_all(stack, creating=True)
                self.mark(stack, "ROLLBACK_FAILED" if failed else "ROLLBACK_COMPLETE", failed)
            elif keeps:
                self.mark(stack, "UPDATE_FAILED", str(error))
            else:
                self.mark(stack, "UPDATE_ROLLBACK_IN_PROGRESS", str(error))
                stack.body, stack.template, stack.parameters = before
                try:
                    self.apply(stack, "ROLLBACK")
                    self.mark(stack, "UPDATE_ROLLBACK_COMPLETE")
                except (AwsError, ClientError) as second:
                    self.mark(stack, "UPDATE_ROLLBACK_FAILED", str(second))
            return
        self.mark(stack, f"{kind}_COMPLETE")

    def apply(self, stack, kind):
        """Create what is new, update what changed, in the order of what needs what; then remove what is gone."""
        scope = Scope(self.aws, stack, stack.template, stack.parameters, stack.resources)
        wanted = {
            name: item
            for name, item in stack.template["Resources"].items()
            if "Condition" not in item or scope.condition(item["Condition"])
        }
        gone = [name for name in reversed(list(stack.resources)) if name not in wanted]
        if kind != "ROLLBACK":
            self.refuse_lookups(stack)
        if kind == "UPDATE":
            for name in gone:
                self.refuse_denied(stack, "Update:Delete", name, stack.resources[name]["type"])
        for name in self.in_order(scope, wanted):
            item = wanted[name]
            properties = scope.value(item.get("Properties", {}))
            known = stack.resources.get(name)
            if known is not None and known["properties"] == properties:
                continue
            if known is not None and kind == "UPDATE":
                self.refuse_replacement(stack, name, known, properties)
            verb = "CREATE" if known is None else "UPDATE"
            try:
                self.refuse_without_right(stack, item["Type"], verb.lower(), properties)
                if known is None:
                    made = self.resources.create(item["Type"], f"{stack.name}-{name}", properties)
                else:
                    made = self.resources.update(item["Type"], known, properties)
            except (AwsError, ClientError) as error:
                self.event(stack, name, item["Type"], f"{verb}_FAILED", str(error), (known or {}).get("id", ""))
                if known is not None:
                    # Half changed: the rollback must change it back.
                    known["properties"] = {}
                raise
            policy = item.get("DeletionPolicy", "Delete")
            stack.resources[name] = {"type": item["Type"], "properties": properties, "policy": policy, **made}
            stack.states[name] = self.state(stack, name, f"{verb}_COMPLETE")
            self.event(stack, name, item["Type"], f"{verb}_COMPLETE", physical=made["id"])
        for name in gone:
            try:
                self.remove(stack, name, creating=kind == "ROLLBACK")
            except (AwsError, ClientError) as error:
                # What the cleanup after an update cannot delete is left, and the stack has it no more.
                left = stack.resources.pop(name)
                self.event(stack, name, left["type"], "DELETE_FAILED", str(error), left["id"])
        outputs = stack.template.get("Outputs", {}).items()
        stack.outputs = {
            key: str(scope.value(item["Value"]))
            for key, item in outputs
            if "Condition" not in item or scope.condition(item["Condition"])
        }

    def in_order(self, scope, wanted):
        done = {}

        def visit(name, path=()):
            if name in path:
                raise AwsError("ValidationError", f"Circular dependency between resources: {', '.join(path)}")
            if name in done or name not in wanted:
                return
            after = wanted[name].get("DependsOn", [])
            for other in [
                *scope.needs(wanted[name].get("Properties", {})),
                *([after] if isinstance(after, str) else after),
            ]:
                visit(other, (*path, name))
            done[name] = True

        for name in wanted:
            visit(name)
        return list(done)

    def refuse_lookups(self, stack):
        """Refuse typed parameters whose values whoever changes the stack may not look up."""
        for need in lookups(stack.template):
            if stack.session is not None and self.aws.iam.refusal(stack.session, need):
                raise AwsError("AccessDenied", f"AccessDenied. User doesn't have permission to call {need.action}")

    def refuse_without_right(self, stack, kind, operation, properties):
        """Refuse what the handler of a resource would be refused."""
        if stack.session is None:
            return
        try:
            self.aws.iam.check(stack.session, self.handlers.of(kind, operation, properties))
        except AwsError as error:
            text = f'Resource handler returned message: "{error}" (HandlerErrorCode: AccessDenied)'
            raise AwsError("AccessDenied", text) from error

    def refuse_replacement(self, stack, name, known, properties):
        """Refuse what the stack policy denies. Here only the name of a resource makes another one of it."""
        key = protection.NAMED.get(known["type"], "")
        if known["properties"] and known["properties"].get(key) != properties.get(key):
            self.refuse_denied(stack, "Update:Replace", name, known["type"])

    def refuse_denied(self, stack, action, name, kind):
        why = protection.denied(stack.policy, action, name, kind)
        if why:
            self.event(stack, name, kind, "UPDATE_FAILED", why, stack.resources[name]["id"])
            raise AwsError("ValidationError", why)

    def remove(self, stack, name, creating):
        """Delete a resource, or leave it where its DeletionPolicy says so."""
        gone = stack.resources[name]
        policy = gone["policy"]
        skipped = protection.keeps(policy, creating)
        if not skipped:
            self.refuse_without_right(stack, gone["type"], "delete", gone["properties"])
            snapshot = protection.snapshot_name(stack.name, name) if policy == "Snapshot" and not creating else ""
            protection.delete(self.aws, self.resources.tasks, gone, snapshot)
        del stack.resources[name]
        status = "DELETE_SKIPPED" if skipped else "DELETE_COMPLETE"
        stack.states[name] = {**stack.states.get(name, {}), "ResourceStatus": status}
        self.event(stack, name, gone["type"], status, physical=gone["id"])

    def state(self, stack, name, status):
        known = stack.resources[name]
        return {"ResourceType": known["type"], "PhysicalResourceId": known["id"], "ResourceStatus": status}

    def mark(self, stack, status, reason=""):
        stack.status, stack.reason = status, reason
        self.event(stack, stack.name, "AWS::CloudFormation::Stack", status, reason, stack.arn)

    def event(self, stack, name, kind, status, reason="", physical=""):
        about = {"EventId": str(uuid.uuid4()), "StackId": stack.arn, "StackName": stack.name}
        what = {"LogicalResourceId": name, "ResourceType": kind, "ResourceStatus": status}
        what["PhysicalResourceId"] = physical
        more = {"ResourceStatusReason": reason, "ClientRequestToken": stack.token}
        stack.events.append({**about, **what, **more, "Timestamp": datetime.now(timezone.utc)})
