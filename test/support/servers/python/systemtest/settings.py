"""The emitted production settings, with views and tables for the tests."""

import os

from shop.settings.production import *
from shop.settings.production import INSTALLED_APPS, LARGEST_UPLOAD_MIB

INSTALLED_APPS = [*INSTALLED_APPS, "systemtest"]
ROOT_URLCONF = "systemtest.urls"
LARGEST_UPLOAD_MIB = int(os.environ.get("TEST_LARGEST_UPLOAD_MIB", LARGEST_UPLOAD_MIB))
