"""WSGI entry point: gunicorn corner_shop.wsgi:application -c gunicorn.conf.py"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "corner_shop.settings.production")

application = get_wsgi_application()
