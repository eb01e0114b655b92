"""What a person is known by (domain.md E.8)."""


def email_key(text: str) -> str:
    """Lower case, without a plus-tag."""
    name, at, domain = text.strip().lower().rpartition("@")
    return f"{name.partition('+')[0] or name}{at}{domain}"
