"""What a running command is given."""


class Context:
    """Session, actor, now, find, save, record."""
