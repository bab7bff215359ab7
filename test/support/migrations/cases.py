"""What a migration may hold, each as the second migration of an app of its own, with its verdict.

The operations are source, since a migration is a file. LABEL is the app's. `says` is part of a line
below the verdict. What is sent to a real PostgreSQL is compared with what is written down without
one, names of constraints too, where `names` is not False.
"""

from dataclasses import dataclass

FIRST = """
from django.contrib.postgres.operations import *
from django.db import migrations, models
from django.db.migrations import *
from django.db.models import *


class Migration(migrations.Migration):
    initial = True
    operations = [
        CreateModel(
            "Other",
            [("id", BigAutoField(primary_key=True)), ("code", CharField(max_length=20, unique=True))],
        ),
        CreateModel(
            "Item",
            [
                ("id", BigAutoField(primary_key=True)),
                ("text", TextField(null=True)),
                ("name", CharField(max_length=50, default="")),
                ("code", CharField(max_length=20, unique=True)),
                ("slug", SlugField()),
                ("count", PositiveIntegerField(default=0)),
                ("number", IntegerField(null=True)),
                ("price", DecimalField(max_digits=8, decimal_places=2, null=True)),
                ("state", TextField(db_default="new")),
                ("other", ForeignKey("Other", CASCADE, related_name="+")),
                ("maybe", ForeignKey("Other", CASCADE, null=True, related_name="+")),
                ("a", IntegerField(null=True)),
                ("b", IntegerField(null=True)),
                ("tags", ManyToManyField("Other", related_name="+")),
            ],
            options={
                "unique_together": {("a", "b")},
                "indexes": [Index(fields=["name"], name="LABEL_name")],
                "constraints": [
                    CheckConstraint(condition=Q(a__gte=0), name="LABEL_a"),
                    UniqueConstraint(fields=["name", "a"], name="LABEL_name_a"),
                ],
            },
        ),
        AlterIndexTogether("item", {("number", "a")}),
        FIRST
    ]
"""

SECOND = """
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, IntegerRangeField
from django.contrib.postgres.operations import *
from django.db import migrations, models
from django.db.migrations import *
from django.db.models import *
from django.db.models.functions import Lower


def fill(apps, schema_editor):
    Item = apps.get_model("LABEL", "Item")
    Item.objects.update(text="")


class Nameless:
    def __call__(self, apps, schema_editor):
        raise AssertionError("this was run")


class AsksTheDatabase(Operation):
    reversible = True

    def state_forwards(self, app_label, state):
        pass

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            number = int(cursor.fetchone()[0])
        if number > 90_000:
            schema_editor.execute("ALTER TABLE LABEL_item DROP text")

    def describe(self):
        return "Asks the database"


class Migration(migrations.Migration):
    dependencies = [("LABEL", "0001_initial")]
    atomic = ATOMIC
    operations = [SECOND]
"""


@dataclass(frozen=True)
class Case:
    verdict: str
    second: str
    says: str = ""
    atomic: bool = True
    first: str = ""
    names: bool = True
    # Verdict and words where a server was sent the migration, if they are not the same.
    server: tuple[str, str] | None = None


def alter(name, field):
    return f'AlterField("item", "{name}", {field})'


def ok(second, **more):
    return Case("OK", second, **more)


def warning(second, says, **more):
    return Case("WARNING", second, says, **more)


def error(second, says, **more):
    return Case("ERR", second, says, **more)


OTHER = 'ForeignKey("Other", CASCADE, related_name="+"'
CASES = {
    # Models.
    "create_model": ok('CreateModel("New", [("id", BigAutoField(primary_key=True))])'),
    "create_model_whole": ok(
        'CreateModel("New", [("id", BigAutoField(primary_key=True)), ("code", CharField('
        f'max_length=9, unique=True)), ("other", {OTHER})), ("number", IntegerField())], options='
        '{"constraints": [CheckConstraint(condition=Q(number__gt=0), name="LABEL_new")],'
        ' "indexes": [Index(fields=["number"], name="LABEL_new_number")]})'
    ),
    "delete_model": error('DeleteModel("Item")', "DROPPING"),
    "rename_model": error('RenameModel("Other", "Thing")', "RENAMING tables"),
    "rename_model_same_table": ok(
        'RenameModel("Kept", "Thing")',
        first='CreateModel("Kept", [("id", BigAutoField(primary_key=True))],'
        ' options={"db_table": "LABEL_kept"}),',
    ),
    # Django 5.2 asks the database for the constraints of a table that it has not renamed yet.
    "rename_model_then_alter": error(
        'RenameModel("Item", "Thing"),'
        f' AlterField("thing", "other", {OTHER}, null=True))',
        "RENAMING tables",
        names=False,
    ),
    "alter_table": error('AlterModelTable("item", "elsewhere")', "RENAMING tables"),
    "alter_table_comment": ok('AlterModelTableComment("item", "what is sold")'),
    "alter_unique_together": error(
        'AlterUniqueTogether("item", {("a", "number")})', "ADDING unique"
    ),
    "drop_unique_together": ok('AlterUniqueTogether("item", set())'),
    "alter_index_together": warning(
        'AlterIndexTogether("item", {("a", "b")})', "CREATE INDEX locks table"
    ),
    "drop_index_together": warning('AlterIndexTogether("item", set())', "DROP INDEX locks table"),
    "options": ok('AlterModelOptions("item", {"verbose_name": "thing"})'),
    "managers": ok('AlterModelManagers("item", [])'),
    "order": error('AlterOrderWithRespectTo("item", "other")', "NOT NULL"),
    # Fields.
    "add_nullable": ok('AddField("item", "new", TextField(null=True))'),
    "add_db_default": ok('AddField("item", "new", TextField(db_default=""))'),
    "add_default": error('AddField("item", "new", TextField(default=""))', "NOT NULL"),
    # What one field is given does not help the other.
    "add_two": error(
        'AddField("item", "new", TextField(default="")),'
        ' AddField("item", "newer", TextField(db_default=""))',
        "NOT NULL",
    ),
    "add_foreign_key": warning(
        f'AddField("item", "new", {OTHER}, null=True))', "CREATE INDEX locks table"
    ),
    "add_one_to_one": ok(
        'AddField("item", "new", OneToOneField("Other", CASCADE, null=True, related_name="+"))'
    ),
    "add_positive": ok('AddField("item", "new", PositiveIntegerField(null=True))'),
    "add_array": ok('AddField("item", "new", ArrayField(IntegerField(), null=True))'),
    "add_generated": ok(
        'AddField("item", "new", GeneratedField(expression=Lower("name"),'
        " output_field=CharField(max_length=50), db_persist=True))"
    ),
    "add_many_to_many": ok('AddField("item", "more", ManyToManyField("Other", related_name="+"))'),
    "remove_field": error('RemoveField("item", "text")', "DROPPING columns"),
    "remove_foreign_key": error('RemoveField("item", "other")', "DROPPING columns"),
    "remove_many_to_many": error('RemoveField("item", "tags")', "DROPPING"),
    "rename_field": error('RenameField("item", "text", "words")', "RENAMING columns"),
    "rename_foreign_key": error('RenameField("item", "other", "thing")', "RENAMING columns"),
    "rename_many_to_many": error('RenameField("item", "tags", "labels")', "RENAMING tables"),
    "nullable_foreign_key": ok(alter("other", f"{OTHER}, null=True)")),
    "required_foreign_key": error(alter("maybe", f"{OTHER})"), "NOT NULL"),
    "to_one_to_one": error(
        alter("other", 'OneToOneField("Other", CASCADE, related_name="+")'), "ADDING unique"
    ),
    "foreign_key_without_index": warning(
        alter("other", f"{OTHER}, db_index=False)"), "DROP INDEX locks table"
    ),
    "foreign_key_without_constraint": ok(alter("other", f"{OTHER}, db_constraint=False)")),
    "foreign_key_to_code": error(
        alter("other", f'{OTHER}, to_field="code")'), "ALTERING the type"
    ),
    "foreign_key_to_number": error(alter("other", "BigIntegerField()"), "RENAMING columns"),
    "not_unique": warning(alter("code", "CharField(max_length=20)"), "DROP INDEX locks table"),
    "unique": error(alter("name", 'CharField(max_length=50, default="", unique=True)'), "unique"),
    "not_indexed": warning(alter("slug", "SlugField(db_index=False)"), "DROP INDEX locks table"),
    "indexed": warning(alter("number", "IntegerField(null=True, db_index=True)"), "CREATE INDEX"),
    "not_positive": ok(alter("count", "IntegerField(default=0)")),
    "positive": warning(alter("number", "PositiveIntegerField(null=True)"), "ADDING check"),
    "nullable": ok(alter("name", "CharField(max_length=50, null=True)")),
    "required": error(alter("text", 'TextField(default="")'), "NOT NULL"),
    "required_db_default": error(alter("text", 'TextField(db_default="")'), "NOT NULL"),
    "no_db_default": error(alter("state", 'TextField(default="new")'), "DROPPING a default"),
    "other_db_default": ok(alter("state", 'TextField(db_default="old")')),
    "comment": ok(alter("text", 'TextField(null=True, db_comment="words")')),
    "help_text": ok(alter("text", 'TextField(null=True, help_text="words")')),
    "other_column": error(alter("text", 'TextField(null=True, db_column="words")'), "RENAMING"),
    "longer": ok(alter("name", 'CharField(max_length=200, default="")')),
    "longer_unique": ok(alter("code", "CharField(max_length=200, unique=True)")),
    "without_limit": ok(alter("name", 'CharField(default="")')),
    "to_text": ok(alter("name", 'TextField(default="")')),
    "shorter": error(alter("name", 'CharField(max_length=20, default="")'), "ALTERING the type"),
    "other_collation": error(
        alter("name", 'CharField(max_length=200, default="", db_collation="C")'), "ALTERING"
    ),
    "more_digits": ok(alter("price", "DecimalField(max_digits=9, decimal_places=2, null=True)")),
    "more_places": error(
        alter("price", "DecimalField(max_digits=9, decimal_places=3, null=True)"), "ALTERING"
    ),
    "bigger": error(alter("number", "BigIntegerField(null=True)"), "ALTERING the type"),
    "longer_and_required": error(
        'AlterField("item", "text", CharField(max_length=9, null=True)),'
        ' AlterField("item", "name", CharField(max_length=200))',
        "ALTERING the type",
    ),
    # Its sequence is gone with the identity, before Django asks a server for it.
    "not_automatic": error(
        alter("id", "BigIntegerField(primary_key=True)"), "DROPPING a default", names=False
    ),
    # Indexes and constraints.
    "add_index": warning(
        'AddIndex("item", Index(fields=["a"], name="LABEL_new"))', "CREATE INDEX locks table"
    ),
    "remove_index": warning('RemoveIndex("item", "LABEL_name")', "DROP INDEX locks table"),
    "rename_index": ok('RenameIndex("item", new_name="LABEL_new", old_name="LABEL_name")'),
    "rename_index_together": ok(
        'RenameIndex("item", new_name="LABEL_new", old_fields=("number", "a"))'
    ),
    "add_check": warning(
        'AddConstraint("item", CheckConstraint(condition=Q(b__gt=0), name="LABEL_b"))',
        "ADDING check",
    ),
    "add_unique": error(
        'AddConstraint("item", UniqueConstraint(fields=["text"], name="LABEL_text"))',
        "ADDING unique",
    ),
    "add_unique_where": error(
        'AddConstraint("item", UniqueConstraint(fields=["text"], condition=Q(a__gt=0),'
        ' name="LABEL_text"))',
        "ADDING unique",
    ),
    "add_exclusion": error(
        'AddConstraint("item", ExclusionConstraint(name="LABEL_ex", index_type="SPGIST",'
        ' expressions=[("text", "=")]))',
        "ADDING exclusion",
    ),
    "remove_check": ok('RemoveConstraint("item", "LABEL_a")'),
    "remove_unique": ok('RemoveConstraint("item", "LABEL_name_a")'),
    "alter_constraint": ok(
        'AlterConstraint("item", "LABEL_a", CheckConstraint(condition=Q(a__gte=0), name="LABEL_a",'
        ' violation_error_message="below nothing"))'
    ),
    # Code and SQL.
    "python": warning("RunPython(fill, RunPython.noop)", "NOT JUDGED"),
    "python_lambda": warning("RunPython(lambda apps, schema_editor: None)", "NOT JUDGED"),
    "python_nameless": warning(
        "RunPython(Nameless())", "NOT JUDGED", server=("ERR", "AssertionError: this was run")
    ),
    "python_sql": warning(
        'RunPython(lambda apps, editor: editor.execute("ALTER TABLE LABEL_item DROP text"))',
        "NOT JUDGED",
        server=("ERR", "DROPPING columns"),
    ),
    "sql": warning('RunSQL("CREATE INDEX LABEL_x ON LABEL_item (a)")', "CREATE INDEX locks table"),
    "sql_nothing": ok("RunSQL(RunSQL.noop)"),
    "sql_with_values": ok('RunSQL([("UPDATE LABEL_item SET a = %s, b = %s", [1, 2])])'),
    "sql_with_names": ok('RunSQL([("UPDATE LABEL_item SET a = %(a)s", {"a": 1})])', names=False),
    "sql_small": error('RunSQL("alter table LABEL_item drop text")', "DROPPING columns"),
    "sql_second": error(
        'RunSQL("-- first\\nUPDATE LABEL_item SET a = 1; /* then */ drop\\n table LABEL_item cascade")',
        "DROPPING",
    ),
    "sql_quoted": ok("RunSQL(\"COMMENT ON TABLE LABEL_item IS 'no; DROP TABLE x'\")"),
    # The way back is never gone.
    "sql_reverse": ok(
        'RunSQL("ALTER TABLE LABEL_item ADD y int", "ALTER TABLE LABEL_item DROP COLUMN y")'
    ),
    "sql_program": warning('RunSQL("DO $$BEGIN DROP TABLE IF EXISTS x; END$$")', "NOT JUDGED"),
    "separate_state": ok(
        'SeparateDatabaseAndState(state_operations=[RemoveField("item", "text")])'
    ),
    "separate_database": error(
        'SeparateDatabaseAndState(database_operations=[RemoveField("item", "text")])', "DROPPING"
    ),
    "separate_python": warning(
        "SeparateDatabaseAndState(database_operations=[RunPython(Nameless())])",
        "NOT JUDGED",
        names=False,
        server=("ERR", "AssertionError: this was run"),
    ),
    "separate_longer": ok(
        "SeparateDatabaseAndState(database_operations=["
        + alter("name", 'CharField(max_length=200, default="")')
        + "])"
    ),
    "somebody_elses": error(
        "AsksTheDatabase()",
        "NOT JUDGED: Asks the database",
        names=False,
        server=("ERR", "DROPPING columns"),
    ),
    "no_such_field": error('RemoveField("item", "none")', "NOT JUDGED", names=False),
    # django.contrib.postgres.
    "index_concurrently": ok(
        'AddIndexConcurrently("item", Index(fields=["a"], name="LABEL_new"))', atomic=False
    ),
    "index_concurrently_in_transaction": error(
        'AddIndexConcurrently("item", Index(fields=["a"], name="LABEL_new"))',
        "cannot be executed inside a transaction",
        names=False,
    ),
    "no_index_concurrently": ok('RemoveIndexConcurrently("item", "LABEL_name")', atomic=False),
    "not_valid": warning(
        'AddConstraintNotValid("item", CheckConstraint(condition=Q(b__gt=0), name="LABEL_b"))',
        "ADDING check",
    ),
    "validate": ok('ValidateConstraint("item", "LABEL_a")'),
    "collation": ok('CreateCollation("LABEL_c", locale="C")'),
    "no_collation": ok(
        'RemoveCollation("LABEL_c", locale="C")', first='CreateCollation("LABEL_c", locale="C"),'
    ),
    "extension": warning('CreateExtension("pg_stat_statements")', "rds_superuser"),
    "extension_sql": warning("RunSQL('create extension \"sslinfo\"')", "rds_superuser"),
    "no_extension": warning(
        'CreateExtension("none")', "rds_superuser", server=("ERR", 'extension "none" is not available')
    ),
    "bloom": warning("BloomExtension()", "EXTENSION bloom, which only rds_superuser may create"),
    "btree_gin": ok("BtreeGinExtension()"),
    "btree_gist": ok("BtreeGistExtension()"),
    "citext": ok("CITextExtension()"),
    "crypto": ok("CryptoExtension()"),
    "hstore": ok("HStoreExtension()"),
    "trigram": ok("TrigramExtension()"),
    "unaccent": ok("UnaccentExtension()"),
}
