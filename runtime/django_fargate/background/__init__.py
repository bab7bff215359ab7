"""Marks of work that is done, so that a task which runs twice works once."""
