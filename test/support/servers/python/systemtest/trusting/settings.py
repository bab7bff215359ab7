from ..settings import *
from ..settings import DATABASES

DATABASES = {"default": {**DATABASES["default"], "ENGINE": "systemtest.trusting"}}
