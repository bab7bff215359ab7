"""Writes the lock files, requirements*.txt, from requirements*.in.

Run as `python -m django_fargate.lock`, or `make lock`. It needs uv and nothing else.
What could be locked but not installed is refused here, with what to write instead.
"""
