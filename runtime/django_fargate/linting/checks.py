"""What breaks the release before a migration, told by the SQL that the migration sends."""

import re
from collections.abc import Sequence
from typing import Any

from django_migration_linter.sql_analyser.base import Check, CheckMode, CheckType
from django_migration_linter.sql_analyser.postgresql import PostgresqlAnalyser


def check(code: str, pattern: str, message: str, type: CheckType = CheckType.ERROR) -> Check:
    def found(sql: str, **_: Any) -> re.Match[str] | None:
        return re.search(pattern, sql)

    return Check(code, found, message, CheckMode.ONE_LINER, type)


def refuses_null(statements: Sequence[str], **_: Any) -> bool:
    """Return whether a column takes no NULL that the release before would leave it at."""
    dropped = any("DROP DEFAULT" in sql for sql in statements)
    for sql in statements:
        if sql.startswith("CREATE ") or not re.search("(?<!DROP )(?<!IS )NOT NULL", sql):
            continue
        filled = re.search("(DEFAULT (?!NULL)|GENERATED ).*NOT NULL|NOT NULL.* GENERATED ", sql)
        if dropped or not filled or "SET NOT NULL" in sql:
            return True
    return False


def drops_default(statements: Sequence[str], **_: Any) -> bool:
    """Return whether a default goes that was there before: Django drops its own at once."""
    given = any(re.search("(ADD|SET) .*DEFAULT ", sql) for sql in statements)
    return not given and any(re.search("DROP (DEFAULT|IDENTITY)", sql) for sql in statements)


class Analyser(PostgresqlAnalyser):
    """The linter's own checks, and what they do not see. PostgreSQL needs no word COLUMN."""

    migration_checks = [
        *PostgresqlAnalyser.migration_checks,
        check(
            "DROP_COLUMN",
            "^ALTER TABLE .* DROP (?!CONSTRAINT |DEFAULT|NOT NULL|IDENTITY|EXPRESSION)",
            "DROPPING columns",
        ),
        check(
            "DROP_TABLE",
            "^DROP (TABLE|VIEW|MATERIALIZED VIEW|SCHEMA|TYPE|FUNCTION|PROCEDURE) ",
            "DROPPING what the release before uses",
        ),
        check("RENAME_COLUMN", "^ALTER TABLE .* RENAME (?!TO |CONSTRAINT )", "RENAMING columns"),
        check(
            "ALTER_COLUMN",
            "^ALTER TABLE .* ALTER .* TYPE ",
            "ALTERING the type of a column: the table is rewritten, and locked meanwhile",
        ),
        Check(
            "NOT_NULL",
            refuses_null,
            "NOT NULL constraint on columns",
            CheckMode.TRANSACTION,
            CheckType.ERROR,
        ),
        Check(
            "DROP_DEFAULT",
            drops_default,
            "DROPPING a default that the release before counts on",
            CheckMode.TRANSACTION,
            CheckType.ERROR,
        ),
        check("ADD_EXCLUSION", "^ALTER TABLE .* ADD .*EXCLUDE ", "ADDING exclusion constraint"),
        check(
            "ADD_CHECK",
            "^ALTER TABLE .* ADD CONSTRAINT .* CHECK ",
            "ADDING check constraint: what the release before writes must pass it",
            CheckType.WARNING,
        ),
        check(
            "PROGRAM",
            "^(DO|CALL|EXECUTE) ",
            "NOT JUDGED: a program inside of the database",
            CheckType.WARNING,
        ),
    ]
