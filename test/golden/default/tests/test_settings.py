import pytest
from django.conf import settings as current
from django.core.management import call_command, get_commands
from django.urls import get_resolver

from django_fargate.middleware import server_error


def test_all_that_is_missing_is_named_in_one_line(run, production_variables):
    variables = production_variables | {"SECRET_KEY": "", "ALLOWED_HOSTS": ""}
    del variables["DB_HOST"]
    process = run("manage.py", "check", **variables)
    assert process.returncode == 1
    module, problem = process.stderr.split(": ")
    assert module == "shop.settings.production"
    assert problem == "SECRET_KEY, ALLOWED_HOSTS, DB_HOST are not set\n"


def test_without_any_database_both_ways_are_named(refusal):
    nothing = dict.fromkeys(("DB_HOST", "DB_NAME", "DB_USER", "DB_PASSWORD"))
    line = "DATABASE_URL (or DB_HOST, DB_NAME, DB_USER, DB_PASSWORD) is not set"
    assert refusal(**nothing).endswith(f": {line}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "x" * 60),
        ("SECRET_KEY", "django-insecure-0123456789abcdefghijklmnopqrstuvwxyz-0123456789"),
        ("DB_STATEMENT_TIMEOUT_MS", "30s"),
        ("DB_LOCK_TIMEOUT_MS", "-1"),
        ("DB_IDLE_IN_TRANSACTION_TIMEOUT_MS", "1e3"),
        ("DB_PORT", "five"),
        ("DB_SSLMODE", "verify"),
        ("DB_SSLROOTCERT", "/no/such/file.pem"),
        ("DATABASE_URL", "mysql://app:hunter2@db/app"),
        ("DATABASE_URL", "postgresql://app:hunter2@db:port/app"),
        ("TRUSTED_PROXIES", "two"),
        ("HTTPS", "yes"),
        ("SECURE_HSTS_SECONDS", "1 hour"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_value_is_refused_in_one_line(refusal, name, value):
    line = refusal(**{"HTTPS": "1", name: value})
    assert line.startswith(f"shop.settings.production: {name} ")
    assert "\n" not in line
    assert "hunter2" not in line
    assert name != "SECRET_KEY" or value not in line


def test_parts_need_no_escaping(production, production_variables):
    database = production(DB_PASSWORD="p@ss/w:rd?#[%20]")["DATABASES"]["default"]
    assert database["HOST"] == production_variables["DB_HOST"]
    assert database["PORT"] == int(production_variables["DB_PORT"])
    assert database["PASSWORD"] == "p@ss/w:rd?#[%20]"


def test_the_connection_is_verified_bounded_and_kept(production):
    database = production(DB_STATEMENT_TIMEOUT_MS="1000", DB_LOCK_TIMEOUT_MS="200")
    database = database["DATABASES"]["default"]
    options = database["OPTIONS"]
    assert database["ENGINE"] == "django_fargate.postgresql"
    assert database["CONN_MAX_AGE"] > 0
    assert database["CONN_HEALTH_CHECKS"] is True
    assert options["sslmode"] == "verify-full"
    assert options["sslrootcert"].endswith("rds-global-bundle.pem")
    assert options["connect_timeout"] > 0
    assert options["tcp_user_timeout"] > 0
    assert options["options"].startswith("-c statement_timeout=1000 -c lock_timeout=200 -c ")


def test_a_url_keeps_its_options_and_gets_ours(production):
    query = "sslmode=require&connect_timeout=2&options=-c%20work_mem=8MB"
    url = f"postgresql://app:p%40ss@db/app?{query}"
    database = production(DATABASE_URL=url)["DATABASES"]["default"]
    options = database["OPTIONS"]
    assert (database["HOST"], database["PASSWORD"]) == ("db", "p@ss")
    assert options["sslmode"] == "require"
    # With certificates at hand, libpq would turn "require" into "verify-ca".
    assert "sslrootcert" not in options
    assert options["connect_timeout"] == 2
    assert options["keepalives_idle"] > 0
    assert options["options"].startswith("-c statement_timeout=")
    assert options["options"].endswith(" -c work_mem=8MB")


def test_a_url_without_sslmode_is_verified(production):
    settings = production(DATABASE_URL="postgresql://app:x@db/app")
    options = settings["DATABASES"]["default"]["OPTIONS"]
    assert options["sslmode"] == "verify-full"
    assert options["sslrootcert"].endswith("rds-global-bundle.pem")


def test_sslmode_can_be_set_for_parts(production):
    options = production(DB_SSLMODE="disable")["DATABASES"]["default"]["OPTIONS"]
    assert options["sslmode"] == "disable"
    assert "sslrootcert" not in options


def test_https_is_the_default(production):
    settings = production(HTTPS=None, SECURE_HSTS_SECONDS=None)
    assert settings["SECURE_SSL_REDIRECT"] is True
    assert settings["SESSION_COOKIE_SECURE"] is True
    assert settings["CSRF_COOKIE_SECURE"] is True
    assert settings["SECURE_HSTS_SECONDS"] == 3600
    assert "SECURE_HSTS_PRELOAD" not in settings
    assert settings["DEBUG"] is False


def test_without_https_nothing_redirects_and_cookies_come_back(production):
    settings = production(HTTPS="0", SECURE_HSTS_SECONDS="3600")
    assert settings["SECURE_SSL_REDIRECT"] is False
    assert settings["SESSION_COOKIE_SECURE"] is False
    assert settings["CSRF_COOKIE_SECURE"] is False
    assert settings["SECURE_HSTS_SECONDS"] == 0


def test_the_deployment_check_is_clean(run, production_variables):
    check = ("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    process = run(*check, **production_variables)
    assert process.returncode == 0, process.stderr


@pytest.mark.parametrize(
    "changes",
    [
        {"HTTPS": "1", "SECURE_HSTS_SECONDS": "3600"},
        {"HTTPS": "1", "SECURE_HSTS_SECONDS": "0"},
        {"HTTPS": "0"},
    ],
)
def test_the_deployment_check_is_clean_whatever_https_is(production, settings, changes):
    for name, value in production(**changes).items():
        # The database is not looked at, and cannot be another one in the middle of the tests.
        if name != "DATABASES" and value != getattr(settings, name, None):
            setattr(settings, name, value)
    call_command("check", deploy=True, fail_level="WARNING")


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True)


def test_static_files_are_collected_without_any_secret(run):
    # As in the image's build; a dry run writes nothing.
    settings = "shop.settings.build"
    process = run(
        "manage.py", "collectstatic", "--noinput", "--dry-run", DJANGO_SETTINGS_MODULE=settings
    )
    assert process.returncode == 0, process.stderr
    assert "static file" in process.stdout


def test_static_files_name_only_others_that_are_there(settings, production, tmp_path):
    # As in the image's build, which fails where a style sheet names a file that is missing.
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = production()["STORAGES"]
    call_command("collectstatic", interactive=False, verbosity=0)


def test_templates_name_only_static_files_that_are_there():
    call_command("check", "--tag", "staticfiles", fail_level="WARNING")


def test_django_fargate_is_where_it_must_be():
    # Else Django's own migrate would run, which waits for a lock as long as it takes.
    assert get_commands()["migrate"] == "django_fargate"
    first, *_, last = current.MIDDLEWARE
    assert first == "django_fargate.health.HealthMiddleware"
    assert last == "django_fargate.middleware.DatabaseUnavailableMiddleware"
    assert get_resolver().resolve_error_handler(500) is server_error


def test_no_cache_keeps_the_404_of_a_static_file(client):
    response = client.get("/static/app.0123456789ab.css")
    assert response.status_code == 404
    assert response.headers["Cache-Control"] == "no-store"
