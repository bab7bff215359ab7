"""The emitted production settings with the view of the workload."""

import os

from shop.settings.production import *  # noqa: F403
from shop.settings.production import DATABASES

ROOT_URLCONF = "capacitybench.urls"
# Tells the connections of several services apart.
DATABASES["default"]["OPTIONS"]["application_name"] = os.environ["BENCH_NAME"]
