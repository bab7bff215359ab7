"""The image's build: `manage.py collectstatic` runs with these, without any secret.

They are the shared settings and nothing else, so the static files are stored and named just
as production expects them.
"""

from .base import *  # noqa: F403
