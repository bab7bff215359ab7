"""gunicorn's own defaults: what a project without a configuration file gets."""
