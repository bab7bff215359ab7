"""A package of another team, in a git repository of its own."""


def label(code: str) -> str:
    return f"No. {code}"
