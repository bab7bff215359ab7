"""CloudFormation, as far as a release and a bootstrap ask it, in the account that is made up."""

from django_fargate.release.stacks import RELEASABLE

from .client import error


class Stacks:
    """The part of a World that knows its stacks by `stacks`, and what each runs."""

    def describe_stack(self, request):
        name = request["StackName"].removeprefix(f"{self.slug}-")
        if name not in self.stacks:
            return error("ValidationError", f"Stack with id {name} does not exist")
        if name == "pgbouncer" and self.configuration.has_pgbouncer_stack:
            return {"Stacks": [self.describe_pgbouncer()]}
        runs = {"web": self.revision, **self.beside}
        parameters = [
            {"ParameterKey": service.parameter, "ParameterValue": runs[service.name]}
            for service in self.configuration.services
        ]
        outputs = [{"OutputKey": key, "OutputValue": value} for key, value in self.facts.items()]
        return {
            "Stacks": [
                {
                    "StackStatus": self.stacks[name],
                    "Parameters": parameters if name == "service" else [],
                    "Outputs": outputs if name == "platform" else [],
                }
            ]
        }

    def describe_pgbouncer(self):
        pairs = self.pgbouncer.items()
        configuration = self.pgbouncer["Configuration"]
        runs = {"OutputKey": "PgbouncerConfiguration", "OutputValue": configuration}
        status = self.stacks["pgbouncer"]
        return {
            "StackStatus": status,
            "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in pairs],
            # One that never came up says nothing.
            "Outputs": [runs] if status in RELEASABLE else [],
        }

    def update_stack(self, request):
        name = request["StackName"].removeprefix(f"{self.slug}-")
        given = {item["ParameterKey"]: item for item in request["Parameters"]}
        if name == "service":
            self.update_service_stack(given)
        elif name == "pgbouncer":
            values = {key: item.get("ParameterValue") for key, item in given.items()}
            self.pgbouncer |= {key: value for key, value in values.items() if value is not None}
        return {}

    def update_service_stack(self, given):
        if "ParameterValue" in given["Revision"]:
            self.stacks["service"] = "UPDATE_COMPLETE"
            self.revision = given["Revision"]["ParameterValue"]
        else:
            assert given["Revision"] == {"ParameterKey": "Revision", "UsePreviousValue": True}
        for service in self.configuration.companions:
            item = given[service.parameter]
            self.beside[service.name] = item.get("ParameterValue", self.beside[service.name])

    def create_stack(self, request):
        name = request["StackName"].removeprefix(f"{self.slug}-")
        self.stacks[name] = "CREATE_COMPLETE"
        return {}

    def delete_stack(self, request):
        del self.stacks[request["StackName"].removeprefix(f"{self.slug}-")]
        return {}
