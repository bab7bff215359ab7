"""How one task serves HTTP.

gunicorn shop.wsgi:application -c gunicorn.conf.py
"""

# Sizes computed by "yo django-fargate"; every number's reason stands beside it.

import os
import re

from django_fargate.logs import LEVELS, logging_config


def stop(reason):
    raise SystemExit(f"gunicorn.conf.py: {reason}")


def positive(name, default):
    """Return the whole number in the environment variable `name`, or `default` when not set."""
    text = os.environ.get(name, "") or str(default)
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text):
        stop(f"{name} must be a whole number from 1 to 9999, not {text[:40]!r}")
    return int(text)


# Concurrency.

# Not sync: with threads the workers serve others while a request waits for the database.
worker_class = "gthread"

# Never from cpu_count(): in a task of 0.25 vCPU Python sees two CPUs.
# min(max(2, ceil(0.5 vCPU)), floor((1024 - 128 - 64 tmpfs - 10 uploads in memory) / 200
# MiB)) = 2; never cpu_count()
workers = positive("GUNICORN_WORKERS", 2)

# clamp(ceil(0.5 vCPU x (1 + 50 ms wait / 25 ms CPU) x 2 / 2 workers), 2, 16) = 2
threads = positive("GUNICORN_THREADS", 2)

# Each slot (a thread of a worker) has its own database connection.
# 2 workers x 2 threads: requests at once, and database connections of one task
SLOTS = 4


def check_budget(workers, threads):
    """Refuse to start if the tasks could open more connections than the database allows."""
    if workers * threads > SLOTS and os.environ.get("ALLOW_OVER_BUDGET") != "1":
        stop(
            f"{workers} workers x {threads} threads = {workers * threads} is above the {SLOTS}"
            " slots that the database connections were planned for;"
            " ALLOW_OVER_BUDGET=1 starts anyway"
        )


check_budget(workers, threads)

# Loads Django once, before the workers are forked: they share its memory and start immediately. No
# database connection may be opened while modules are imported.
preload_app = True

# Recycling limits the memory growth of long-lived workers.
# max(1000, 0.7 x 16.9643 requests/s / 2 workers x 1800 s) = 10688: recycling limits
# memory growth but costs boot CPU
max_requests = 10688
# 50 % of max_requests 10688, so that workers are not recycled together
max_requests_jitter = 5344

# Seconds. statement_timeout < timeout < the load balancer's idle timeout < keepalive.

# With gthread this ends a worker that hangs completely. It does not limit a request: the
# database's statement_timeout does, and outgoing calls need their own timeout.
# max(60, 2 x 30 s slowest request) = 60 s, above statement_timeout 30 s
timeout = 60
# How long requests in flight may take after SIGTERM.
# max(30, 30 s slowest request + 5) = 35 s to finish requests after SIGTERM
graceful_timeout = 35
# The load balancer must close idle connections first; otherwise a request may get a 502.
# ALB idle timeout 75 s + 15: the ALB closes idle connections first, or clients see 502
keepalive = 90

# Network.

bind = "0.0.0.0:8000"
# Only the load balancer can reach the task (security group), from changing addresses.
forwarded_allow_ips = "*"
# Of the forwarded headers, trust only the one that the load balancer sets ...
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}
# ... and not SCRIPT_NAME, which any client can send through it.
forwarder_headers = ""

# Files. The root file system is read-only.

# The heartbeat file is in memory; macOS has no /dev/shm.
SHARED_MEMORY = "/dev/shm"  # noqa: S108
worker_tmp_dir = SHARED_MEMORY if os.path.isdir(SHARED_MEMORY) else None
# The control socket would need a file in the home directory.
control_socket_disable = True

# Logs: JSON on standard output.

LOG_LEVEL = os.environ.get("LOG_LEVEL", "") or "INFO"
if LOG_LEVEL not in LEVELS:
    stop(f"LOG_LEVEL must be one of {', '.join(LEVELS)}, not {LOG_LEVEL[:40]!r}")
accesslog = "-"
errorlog = "-"
logconfig_dict = logging_config(LOG_LEVEL)


def on_starting(server):
    """Check again: the command line can also set workers and threads."""
    check_budget(server.cfg.workers, server.cfg.threads)


def when_ready(server):
    from django.conf import settings

    if not settings.SECURE_SSL_REDIRECT:
        server.log.warning(
            "HTTPS=0: passwords and session cookies travel in plain text."
            " Get a certificate, then set HTTPS=1."
        )
