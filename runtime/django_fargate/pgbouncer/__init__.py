"""What PgBouncer's image holds of this package: its Dockerfile copies it, nothing imports it."""
