"""An application that lies beside the tests, as those of a project lie in its repository."""
