"""A client of one of AWS's services, with answers that are made up.

Each request is checked against AWS's own description of it, which boto3 brings along.
"""

from functools import cache
from types import SimpleNamespace

import botocore.session
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

MODELS = botocore.session.get_session()


def error(code, message, operation="Operation"):
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


@cache
def described(service):
    """Return what boto3 knows of a service: its operations by their names in Python, its errors."""
    model = MODELS.get_service_model(service)
    operations = {xform_name(name): model.operation_model(name) for name in model.operation_names}
    errors = {
        name: type(name, (ClientError,), {})
        for name in [*model.shape_names, "ImageNotFoundException"]
        if name.endswith("Exception")
    }
    return operations, SimpleNamespace(**errors)


class Client:
    """One service. Its answers by operation: a value, a list to be used up, or a function."""

    def __init__(self, service):
        self.operations, self.exceptions = described(service)
        self.answers = {}
        self.calls = []
        self.meta = SimpleNamespace(endpoint_url=f"https://{service}.example.com")

    def __getattr__(self, operation):
        def call(**request):
            shape = self.operations[operation].input_shape
            report = ParamValidator().validate(request, shape)
            assert not report.has_errors(), report.generate_report()
            self.calls.append((operation, request))
            answer = self.answers[operation]
            if isinstance(answer, list):
                answer = answer.pop(0) if len(answer) > 1 else answer[0]
            answer = answer(request) if callable(answer) else answer
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call

    def get_paginator(self, operation):
        return SimpleNamespace(paginate=lambda **request: [getattr(self, operation)(**request)])

    def requests(self, operation):
        return [request for name, request in self.calls if name == operation]
