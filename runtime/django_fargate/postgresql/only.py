"""Says in a sentence that a model needs PostgreSQL, where the database is SQLite.

SQLite itself would only report a syntax error, or a value that it cannot store.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core import checks
from django.db import connections

PACKAGE = "django.contrib.postgres.fields"
WAY_OUT = "`make db` starts PostgreSQL; put the DATABASE_URL that it prints into .env."


def fields_of_postgresql() -> Iterator[str]:
    """Yield a clause on each field of a model that only PostgreSQL has."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_concrete_fields:
            kinds = [one for one in type(field).__mro__ if one.__module__.startswith(PACKAGE)]
            if kinds and model._meta.managed:
                where, kind = f"{model._meta.label}.{field.name}", kinds[0].__name__
                yield f"{where}: only PostgreSQL has {kind}"


@checks.register(checks.Tags.models)
def check_fields(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    if connections["default"].vendor != "sqlite":
        return []
    return [
        checks.Error(
            f"{what}, and this database is SQLite.", hint=WAY_OUT, id="django_fargate.E001"
        )
        for what in fields_of_postgresql()
    ]
