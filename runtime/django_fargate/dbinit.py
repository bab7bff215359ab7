"""Makes the service's database role and gives it the database. Run it as often as you like.

    python -m django_fargate.dbinit

deploy/ecs/dbinit.json runs it, in the one task that may read the master user's password. The
service has a role of its own because RDS rotates that password, and ECS reads a secret only when a
task starts. To change the role's password, change its secret and run this again.

The role owns the database, so its migrations may create the extensions that PostgreSQL trusts.
Those that DB_EXTENSIONS names are created here by the master user, who is rds_superuser on RDS.
"""

import os
from collections.abc import Callable, Mapping
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from .certs import RDS_BUNDLE

Connection = psycopg.Connection[tuple[Any, ...]]

NEEDED = ("DB_HOST", "DB_NAME", "DB_USER", "DB_PASSWORD", "MASTER_USER", "MASTER_PASSWORD")
# From here on a role that makes another may administer it, but not become it.
NO_SET_BY_DEFAULT = 16_00_00


def connect(env: Mapping[str, str], user: str, password: str) -> Connection:
    mode = env.get("DB_SSLMODE") or "verify-full"
    certificates = env.get("DB_SSLROOTCERT") or str(RDS_BUNDLE)
    return psycopg.connect(
        host=env["DB_HOST"],
        port=env.get("DB_PORT") or "5432",
        dbname=env["DB_NAME"],
        user=user,
        password=password,
        sslmode=mode,
        sslrootcert=certificates if mode.startswith("verify-") else None,
        connect_timeout=10,
        application_name=f"{env['DB_NAME']} dbinit",
        autocommit=True,
    )


def one(connection: Connection, query: LiteralString) -> Any:
    """Return the value of a query that gives one."""
    row = connection.execute(query).fetchone()
    return row and row[0]


def make_role(master: Connection, role: str, password: str) -> str:
    """Create the role or set its password, encrypted here: the server's log never sees it."""
    encrypted = master.pgconn.encrypt_password(
        password.encode(), role.encode(), b"scram-sha-256"
    ).decode()
    exists = master.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    statement = "ALTER ROLE {} LOGIN PASSWORD {}" if exists else "CREATE ROLE {} LOGIN PASSWORD {}"
    master.execute(sql.SQL(statement).format(sql.Identifier(role), sql.Literal(encrypted)))
    return "password set" if exists else "created"


def give_database(master: Connection, role: str) -> str:
    """Make the role the database's owner, so that migrations may create tables."""
    owner = one(
        master, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    )
    if owner == role:
        return f"owner is {role} already"
    # PostgreSQL lets only someone who can become a role hand it something.
    grant = "GRANT {} TO CURRENT_USER"
    if master.info.server_version >= NO_SET_BY_DEFAULT:
        grant += " WITH SET TRUE"
    names = sql.Identifier(master.info.dbname), sql.Identifier(role)
    master.execute(sql.SQL(grant).format(names[1]))
    master.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(*names))
    return f"owner is {role}, was {owner}"


def make_extensions(master: Connection, names: list[str]) -> None:
    for name in names:
        master.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))


def initialise(env: Mapping[str, str], say: Callable[[str], object] = print) -> None:
    """Do it and show that it works: the role connects and may create tables."""
    role = env["DB_USER"]
    with connect(env, env["MASTER_USER"], env["MASTER_PASSWORD"]) as master:
        say(f"role {role}: {make_role(master, role, env['DB_PASSWORD'])}")
        say(f"database {env['DB_NAME']}: {give_database(master, role)}")
        extensions = env.get("DB_EXTENSIONS", "").replace(",", " ").split()
        make_extensions(master, extensions)
        if extensions:
            say(f"extensions: {', '.join(extensions)}")
    with connect(env, role, env["DB_PASSWORD"]) as service:
        service.execute("CREATE TEMPORARY TABLE dbinit (id int)")
        creates = "SELECT has_database_privilege(current_database(), 'CREATE')"
        if not one(service, creates):
            raise SystemExit(f"dbinit: {role} may not create tables in {env['DB_NAME']}")
        live = one(service, "SHOW max_connections")
    say(f"{role} connects and may create tables; max_connections is {live}")


def main(env: Mapping[str, str]) -> None:
    missing = [name for name in NEEDED if not env.get(name)]
    if missing:
        raise SystemExit(f"dbinit: not set: {', '.join(missing)}")
    if env["MASTER_USER"] == env["DB_USER"]:
        raise SystemExit("dbinit: the service needs a role of its own, not the master user")
    try:
        initialise(env)
    except psycopg.Error as error:
        raise SystemExit(f"dbinit: {' '.join(str(error).split())}") from error


if __name__ == "__main__":
    main(os.environ)
