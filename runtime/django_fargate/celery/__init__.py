"""What Celery does beside the tasks of a project. setup.py is where it begins."""
