"""Infrastructure that the stacks of deploy/cloudformation make."""

from __future__ import annotations

from .aws import Aws, Revision
from .facts import STACKS_SAY, Facts
from .outcomes import Refused
from .parameters import file_of, known_to, stack_parameters
from .services import refuse_if_migrating
from .stack_deployment import StackDeployment
from .stacks import RELEASABLE, refuse_if_changing, state_of


class ByStacks:
    def __init__(self, aws: Aws) -> None:
        self.aws = aws

    def facts(self) -> Facts:
        """Return what the stacks say about themselves."""
        values: dict[str, str] = {}
        for name in self.aws.configuration.stacks:
            stack = self.aws.stack(name) or {}
            for output in stack.get("Outputs", []):
                values[output["OutputKey"]] = output["OutputValue"]
        return Facts(values, STACKS_SAY)

    def states(self) -> list[str]:
        return [f"stack      {state_of(self.aws, name)}" for name in self.aws.configuration.stacks]

    def running(self, facts: Facts) -> Revision | None:
        stack = self.aws.stack("service") or {}
        values = {p["ParameterKey"]: p["ParameterValue"] for p in stack.get("Parameters", [])}
        arn = values.get(self.aws.configuration.services[0].parameter, "")
        return self.aws.revision(arn) if arn else None

    def is_broken(self, facts: Facts) -> bool:
        return self.aws.status("service") == "UPDATE_FAILED"

    def refuse_if_busy(self, facts: Facts) -> None:
        """A stack or a migration that goes on is the lock."""
        refuse_if_changing(self.aws)
        for name in self.aws.configuration.stacks:
            if self.aws.status(name) not in RELEASABLE:
                raise Refused(f"the stack {state_of(self.aws, name)}: run `make bootstrap` first")
        refuse_if_migrating(self.aws, facts)

    def refuse_undeployable(self, facts: Facts) -> None:
        """Refuse a file of the service's stack that lacks a revision or one of its parameters."""
        configuration = self.aws.configuration
        asked = dict.fromkeys((service.parameter for service in configuration.services), "")
        asked |= {"AutomaticRollback": ""}
        body, known = file_of(configuration, "service"), known_to(self.aws.stack("service"))
        stack_parameters(configuration, "service", body, facts, asked, known)

    def deploy(self, facts: Facts, revisions: dict[str, str], automatic_rollback: bool) -> None:
        StackDeployment(self.aws, facts, revisions, automatic_rollback).run()
