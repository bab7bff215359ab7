"""Releases a Django project to ECS and takes a release back. It needs boto3, and no Django.

    python -m django_fargate.release --help

What differs from one repository to another stands in deploy/release.json.
"""
