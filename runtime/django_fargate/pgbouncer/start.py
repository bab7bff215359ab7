"""Starts PgBouncer with what only the environment knows: the database, its user, a certificate.

    DB_HOST, DB_PORT, DB_NAME   the database, which clients find here under the same name
    DB_USER, DB_PASSWORD        the application's role: clients log in with it, and so does this
    DB_SSLMODE                  another server_tls_sslmode than pgbouncer.ini has

The password is in no file and not in PgBouncer's environment: it reaches it in memory.
"""

import os
import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

NEEDED = ("DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_PASSWORD")
INI = Path(__file__).resolve().parent / "pgbouncer.ini"


def double_quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def single_quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Make a key and a certificate for the clients' TLS, new for each container.

    Clients cannot check it, and need not: only the web tasks reach this port, and SCRAM proves to
    them that the other side knows the password, too.
    """
    key, certificate = folder / "pgbouncer.key", folder / "pgbouncer.crt"
    openssl = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 3650"
    files = ["-keyout", str(key), "-out", str(certificate)]
    command = [*openssl.split(), "-subj", "/CN=pgbouncer", *files]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"pgbouncer: no certificate: {' '.join(done.stderr.split())}")
    return key, certificate


def make_user_list(user: str, password: str) -> str:
    """Return the path of PgBouncer's auth_file, in memory that stays open over exec."""
    memory = os.memfd_create("userlist", flags=0)
    os.write(memory, f"{double_quoted(user)} {double_quoted(password)}\n".encode())
    return f"/proc/self/fd/{memory}"


def make_configuration(env: Mapping[str, str], auth_file: str, key: Path, certificate: Path) -> str:
    """Return the text of the file that PgBouncer starts with."""
    parts = {"host": env["DB_HOST"], "port": env["DB_PORT"], "dbname": env["DB_NAME"]}
    database = " ".join(f"{name}={single_quoted(value)}" for name, value in parts.items())
    lines = [
        "[databases]",
        f"{env['DB_NAME']} = {database}",
        # It opens the section [pgbouncer]. To open it again here would forget all that it said.
        f"%include {INI}",
        f"auth_file = {auth_file}",
        f"client_tls_key_file = {key}",
        f"client_tls_cert_file = {certificate}",
    ]
    if env.get("DB_SSLMODE"):
        lines.append(f"server_tls_sslmode = {env['DB_SSLMODE']}")
    return "\n".join(lines) + "\n"


def main(env: Mapping[str, str]) -> NoReturn:
    missing = [name for name in NEEDED if not env.get(name)]
    if missing:
        raise SystemExit(f"pgbouncer: not set: {', '.join(missing)}")
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", env["DB_NAME"]):
        # In the configuration it names a setting, and those cannot be quoted.
        raise SystemExit("pgbouncer: DB_NAME may hold letters, digits and . - _ only")
    os.umask(0o077)
    folder = Path(tempfile.gettempdir())
    auth_file = make_user_list(env["DB_USER"], env["DB_PASSWORD"])
    configuration = folder / "pgbouncer.ini"
    configuration.write_text(make_configuration(env, auth_file, *make_certificate(folder)))
    kept = {name: value for name, value in env.items() if name != "DB_PASSWORD"}
    os.execvpe("pgbouncer", ["pgbouncer", str(configuration)], kept)  # noqa: S606  no shell needed


if __name__ == "__main__":
    main(os.environ)
