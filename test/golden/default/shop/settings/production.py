"""The deployed service. Every value comes from an environment variable; see .env.example.

A missing or wrong variable stops the process with one line that names it.
"""

from django_fargate.certs import RDS_BUNDLE
from django_fargate.env import SSL_MODES
from django_fargate.logs import LEVELS, logging_config

from .base import *  # noqa: F403
from .base import STORAGES, env

DEBUG = False
SECRET_KEY = env.secret_key("SECRET_KEY")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", default="")
LOGGING = logging_config(env.choice("LOG_LEVEL", LEVELS, default="INFO"))

# Uploads.

# min(1 s, 30 s slowest request / 10): S3 of the same region answers within milliseconds
S3_CONNECT_TIMEOUT_MS = 1000
# min(10 s, (0.9 x 30 s / 2 requests - 1000 ms pause) / 2 - 1000 ms) = 5200 ms: an upload
# to an S3 that does not answer ends after 26.8 s
S3_READ_TIMEOUT_MS = 5200
# 2: a single lost packet fails no upload
S3_ATTEMPTS = 2
# 600 s: the keys of a task role are replaced 10 min before they expire at the latest, and
# a signature ends with its key
SIGNED_URL_SECONDS = 600

media_folder = env.text("MEDIA_ROOT", default="")
if media_folder:
    # compose.yaml has no bucket, but a folder and an address that serves it.
    MEDIA_ROOT = media_folder
    MEDIA_URL = env.prefix("MEDIA_URL")
else:
    # A private bucket; the role of the task signs. Anyone who has a signed URL can read the file.
    STORAGES = {
        **STORAGES,
        "default": {
            "BACKEND": "django_fargate.media.MediaStorage",
            "OPTIONS": {
                "bucket_name": env.text("MEDIA_BUCKET"),
                "region_name": env.text("AWS_REGION", default="us-east-1"),
                "connect_timeout_ms": S3_CONNECT_TIMEOUT_MS,
                "read_timeout_ms": S3_READ_TIMEOUT_MS,
                "attempts": S3_ATTEMPTS,
                # Those of a worker share its client.
                "connections": 2,
                "querystring_expire": SIGNED_URL_SECONDS,
            },
        },
    }

# Database.

database = env.database()
url_options = database["OPTIONS"]

# Limits of each connection, set when it opens. They are not in the database's parameter group,
# where migrations, dumps and operators would inherit them. 0 means no limit.
limits_ms = {
    # the slowest legitimate request, 30 s: gunicorn does not limit a request, the database
    # does
    "statement_timeout": env.number("DB_STATEMENT_TIMEOUT_MS", 30000),
    # min(30 s / 3, 10 s): a request that waits for a lock gives up early
    "lock_timeout": env.number("DB_LOCK_TIMEOUT_MS", 10000),
    # the slowest legitimate request, 30 s: an abandoned transaction holds locks no longer
    "idle_in_transaction_session_timeout": env.number(
        "DB_IDLE_IN_TRANSACTION_TIMEOUT_MS",
        30000,
    ),
}
limits = " ".join(f"-c {name}={value}" for name, value in limits_ms.items())

# 3 attempts for a migration that could not get its lock
MIGRATION_ATTEMPTS = 3

# a host that does not answer must not block a thread longer
connect_timeout_seconds = 5

# A failover can drop packets without a word. This finds out on a connection that waits for an
# answer to what it sent, keepalives on a quiet one: after 10 + 3 x 5 = 25 s.
# a connection whose packets are dropped in a failover is closed after 10 s
tcp_user_timeout_ms = 10000

tls = {"sslmode": url_options.get("sslmode") or env.choice("DB_SSLMODE", SSL_MODES, "verify-full")}
if tls["sslmode"].startswith("verify-"):
    # The certificate authorities of RDS; `make rds-ca` downloads the newest.
    tls["sslrootcert"] = env.certificates("DB_SSLROOTCERT", RDS_BUNDLE)

DATABASES = {
    "default": {
        **database,
        "ENGINE": "django_fargate.postgresql",
        # avoids a TCP and TLS handshake for each request; one connection per thread
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "application_name": "shop",
            "connect_timeout": connect_timeout_seconds,
            "tcp_user_timeout": tcp_user_timeout_ms,
            "keepalives": 1,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            **tls,
            # Merged, never replaced: what the URL says (its sslmode above all) stays.
            **url_options,
            "options": f"{limits} {url_options.get('options', '')}".strip(),
        },
    },
}

# Who asked. REMOTE_ADDR becomes the client's address, which the load balancer appends to
# X-Forwarded-For; what the client itself sends there is dropped. With CloudFront or another proxy
# in front of the load balancer there are 2 of them, and only that proxy may reach it.

TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 1)

# HTTPS. TLS ends at the load balancer, which sets this header itself and is the only one that
# the task's security group lets in.

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

if env.flag("HTTPS", default=True):
    SECURE_SSL_REDIRECT = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    # Browsers keep to HTTPS for so long, whatever happens. Raise it when HTTPS is there to stay.
    SECURE_HSTS_SECONDS = env.number("SECURE_HSTS_SECONDS", 3600)
    SILENCED_SYSTEM_CHECKS = [
        "security.W005",  # HSTS for subdomains: they may be served by others, without HTTPS
        "security.W021",  # HSTS preload: browsers ship the list, it takes months to get off it
    ]
    if not SECURE_HSTS_SECONDS:
        SILENCED_SYSTEM_CHECKS += ["security.W004"]  # no HSTS: SECURE_HSTS_SECONDS=0 asks for it
else:
    # Plain HTTP, for as long as there is no certificate: secure cookies would not come back, a
    # redirect would lead nowhere. gunicorn logs a warning at each start.
    SECURE_SSL_REDIRECT = False
    SESSION_COOKIE_SECURE = False
    CSRF_COOKIE_SECURE = False
    SECURE_HSTS_SECONDS = 0
    SILENCED_SYSTEM_CHECKS = [
        "security.W004",  # no HSTS: HTTPS=0
        "security.W008",  # no redirect to HTTPS: HTTPS=0
        "security.W012",  # session cookie over HTTP: HTTPS=0
        "security.W016",  # CSRF cookie over HTTP: HTTPS=0
    ]

env.stop_if_faulty()
