"""The package itself."""

import subprocess
import sys


def test_importing_the_package_imports_neither_django_nor_boto3_nor_celery():
    script = (
        "import sys, django_fargate\n"
        "sys.exit(bool({'django', 'boto3', 'botocore', 'celery'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=".").returncode == 0
