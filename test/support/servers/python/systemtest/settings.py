"""The emitted production settings, with views and tables for the tests."""

from shop.settings.production import *
from shop.settings.production import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "systemtest"]
ROOT_URLCONF = "systemtest.urls"
