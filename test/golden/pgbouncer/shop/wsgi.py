"""WSGI entry point: gunicorn shop.wsgi:application -c gunicorn.conf.py"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.production")

application = get_wsgi_application()
