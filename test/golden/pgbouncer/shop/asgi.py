"""ASGI entry point. The deployed service uses wsgi.py.

Before you serve this one, set CONN_MAX_AGE to 0: persistent connections and ASGI do not go
together, and the connections per task are counted for gunicorn's threads.
"""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.production")

application = get_asgi_application()
