"""What every environment shares: no database, nothing read from the network.

A variable of the environment is read by `env`, as in `SUPPORT_URL = env.text("SUPPORT_URL")`, and
declared in deploy/environment.json. One that is missing reads as "" and stops production.py only.

local.py is for development and tests, build.py for collectstatic in the image's build,
production.py for the deployed service.
"""

from pathlib import Path

from django_fargate.env import Environment

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = Environment()

INSTALLED_APPS = [
    "shop",
    "accounts",
    # Before Django, whose `migrate` it makes safe beside a running site.
    "django_fargate",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    # First: the load balancer's probe must pass before the Host and the redirect are looked at.
    "django_fargate.health.HealthMiddleware",
    # Before anything can read the body of a request.
    "django_fargate.bodies.LargestBodyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # Before WhiteNoise, to see the 404 of a static file that this release does not have.
    "django_fargate.middleware.StaticNotFoundMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Last, so nearest to the views whose database errors it answers.
    "django_fargate.middleware.DatabaseUnavailableMiddleware",
]

ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # `templates` of each app; the project is one of them.
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Cannot change any more once the first migration ran.
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en-us"
# UTC is also what RDS reports, so Django need not set the time zone on a new connection.
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    # Development and tests keep uploads in MEDIA_ROOT; production.py has the bucket.
    "default": {"BACKEND": "django_fargate.uploads.FolderStorage"},
    # Hashed names: old and new releases run side by side in a deployment.
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Uploads.

MEDIA_URL = "media/"
MEDIA_ROOT = BASE_DIR / "media"
# Browsers can send larger files to the bucket themselves: django_fargate.media.presigned_post.
# min(10, max(1, what 5 Mbit/s carries in 30 s)) = 10 MiB: a larger body is answered with
# 413 before it is read
LARGEST_UPLOAD_MIB = 10

# A cache in the memory of each process, so every worker of every task counts for itself: a throttle
# of 100 requests an hour lets through 100 in each. For an exact limit, name a cache that all share.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# The commit that the image was built from; /readyz reports it.
GIT_SHA = env.text("GIT_SHA", default="unknown")
