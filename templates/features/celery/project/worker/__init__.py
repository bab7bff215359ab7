"""The worker beside its tasks: signals.py puts the parts together."""
