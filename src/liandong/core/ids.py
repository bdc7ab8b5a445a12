"""Short codes that people read, type and scan: no letter that looks like another one."""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def short_code(length: int = 7) -> str:
    """A random code in capitals and digits without 0 O 1 I L U. 7 characters: 2 * 10**10 values."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def clean_code(typed: str) -> str:
    """What somebody typed or scanned, in capitals, without spaces, dashes and anything that is no code letter."""
    return "".join(c for c in typed.upper() if c in ALPHABET)
