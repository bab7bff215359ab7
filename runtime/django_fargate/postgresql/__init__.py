"""Django's PostgreSQL engine, with a memory for a database that cannot be reached."""
