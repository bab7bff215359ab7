"""What Django asks a database about its tables, answered from the models of the migrations.

To drop a foreign key, an index or a unique constraint, Django asks the database for its name. Here
the answer is the name that Django and PostgreSQL give when they recreate the table. If a table was
renamed since, or a constraint was added to a column later, the database has another name.
That makes no difference to the linter, which wants to know what is dropped, not its name.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import models
from django.db.backends.postgresql import introspection
from django.db.migrations.state import ProjectState

# Name and description of a constraint.
Constraint = tuple[str, dict[str, Any]]

IDENTIFIER_MAXIMUM_BYTES = 63


class DatabaseIntrospection(introspection.DatabaseIntrospection):
    # The states of the models, the first of which knows a table says what it is made of. The
    # linter sets them: before and after the operation that it looks at.
    states: Sequence[ProjectState] = ()

    def table_names(self, cursor: Any = None, include_views: bool = False) -> list[str]:
        # So no migration was applied yet, and each is looked at.
        return []

    def get_sequences(self, cursor: Any, table_name: str, table_fields: Any = ()) -> list[Any]:
        model = self.model_of(table_name)
        fields = model._meta.local_concrete_fields if model else ()
        return [
            {
                "name": object_name(table_name, field.column or "", "seq"),
                "table": table_name,
                "column": field.column,
            }
            for field in fields
            if isinstance(field, models.AutoField | models.BigAutoField | models.SmallAutoField)
        ]

    def get_constraints(self, cursor: Any, table_name: str) -> dict[str, Any]:
        model = self.model_of(table_name)
        return dict(self.constraints_of(model)) if model else {}

    def model_of(self, table: str) -> type[models.Model] | None:
        """Return the model of a table, or of the table between two models; None without one."""
        for state in self.states:
            for model in state.apps.get_models(include_auto_created=True):
                if model._meta.db_table == table and not model._meta.proxy:
                    return model
        return None

    def constraints_of(self, model: type[models.Model]) -> Iterator[Constraint]:
        """Yield names and descriptions as Django's own introspection does."""
        meta: Any = model._meta
        table = meta.db_table
        editor: Any = self.connection.schema_editor(collect_sql=True)
        keys = [field.column for field in meta.pk_fields]
        yield object_name(table, "", "pkey"), described(keys, primary_key=True, unique=True)
        for field in meta.local_concrete_fields:
            if field.column is not None:
                yield from self.constraints_of_field(editor, model, field)
        for fields in meta.unique_together:
            columns = columns_of(meta, fields)
            name = editor._create_index_name(table, columns, suffix="_uniq")
            yield name, described(columns, unique=True)
        for fields in self.indexed_together(model):
            columns = columns_of(meta, fields)
            name = editor._create_index_name(table, columns, suffix="_idx")
            yield name, described(columns, index=True)
        for index in meta.indexes:
            columns = columns_of(meta, [name for name, _ in index.fields_orders])
            yield index.name, described(columns, index=True, type=index.suffix)
        for constraint in meta.constraints:
            columns = columns_of(meta, getattr(constraint, "fields", ()))
            check = isinstance(constraint, models.CheckConstraint)
            unique = isinstance(constraint, models.UniqueConstraint)
            yield constraint.name, described(columns, check=check, unique=unique)

    def constraints_of_field(
        self, editor: Any, model: type[models.Model], field: Any
    ) -> Iterator[Constraint]:
        table, column = model._meta.db_table, field.column
        if field.unique and not field.primary_key:
            yield object_name(table, column, "key"), described([column], unique=True)
        if field.db_index and not field.unique:
            yield editor._create_index_name(table, [column]), described([column], index=True)
        # A second index for LIKE, on text.
        if editor._create_like_index_sql(model, field):
            name = editor._create_index_name(table, [column], suffix="_like")
            yield name, described([column], index=True)
        if field.db_parameters(self.connection)["check"]:
            yield object_name(table, column, "check"), described([column], check=True)
        if field.remote_field and field.db_constraint:
            other = field.remote_field.model._meta.db_table, field.target_field.column
            suffix = "_fk_%(to_table)s_%(to_column)s"
            name = str(editor._fk_constraint_name(model, field, suffix)).strip('"')
            yield name, described([column], foreign_key=other)

    def indexed_together(self, model: type[models.Model]) -> Iterable[Sequence[str]]:
        """Return what Meta.index_together said, which Django knows in old migrations only."""
        for state in self.states:
            known = state.models.get((model._meta.app_label, model._meta.model_name))
            if known is not None:
                together: Iterable[Sequence[str]] = known.options.get("index_together", ())
                return together
        return ()


def columns_of(meta: Any, fields: Iterable[str]) -> list[str]:
    return [meta.get_field(name).column for name in fields]


def described(columns: list[str], **known: Any) -> dict[str, Any]:
    nothing = dict.fromkeys(("primary_key", "unique", "check", "index"), False)
    return {
        "columns": columns,
        **nothing,
        "foreign_key": None,
        "definition": None,
        "options": None,
        # Django calls a B-tree so.
        "type": models.Index.suffix,
        **known,
    }


def object_name(table: str, column: str, label: str) -> str:
    """Return the name that PostgreSQL gives by itself.

    Table and column are cut, the longer one first, until the name fits: makeObjectName() in
    PostgreSQL's src/backend/commands/indexcmds.c.
    """
    first, second = table.encode(), column.encode()
    room = IDENTIFIER_MAXIMUM_BYTES - len(f"_{label}") - (1 if second else 0)
    while len(first) + len(second) > room:
        if len(first) > len(second):
            first = first[:-1]
        else:
            second = second[:-1]
    parts = [part.decode(errors="ignore") for part in (first, second) if part]
    return "_".join([*parts, label])
