"""Where the data lives: DATABASE_URL when set, else the embedded PostgreSQL under LIANDONG_HOME."""

import os
import secrets
from pathlib import Path
from typing import Any


def home() -> Path:
    """The folder for everything that is not code: database, files, secret. LIANDONG_HOME, or `var/` of the checkout."""
    if given := os.environ.get("LIANDONG_HOME"):
        return Path(given).resolve()
    checkout = Path(__file__).resolve().parents[3]
    if (checkout / "pyproject.toml").exists():
        return checkout / "var"
    return Path.home() / ".local" / "share" / "liandong"


def local_secret(folder: Path) -> str:
    """A secret key made once and kept in the home folder, readable by its owner only."""
    file = folder / "secret_key"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(secrets.token_urlsafe(50))
    return file.read_text()


def settings(folder: Path) -> dict[str, Any]:
    """Django's DATABASES entry."""
    from psycopg.conninfo import conninfo_to_dict

    from liandong.config.localpg import LocalServer

    given = os.environ.get("DATABASE_URL")
    parts: dict[str, Any] = dict(conninfo_to_dict(given if given else LocalServer(folder / "postgres").dsn()))
    pool = os.environ.get("LIANDONG_POOL", "1") == "1"
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    entry: dict[str, Any] = {new: str(parts.pop(old, "") or "") for old, new in known.items()}
    options: dict[str, Any] = dict(parts)
    options.setdefault("connect_timeout", 3)
    options.setdefault("options", "-c statement_timeout=60s -c lock_timeout=3s -c idle_in_transaction_session_timeout=60s")
    if pool:
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 5}
    return {"ENGINE": "django.db.backends.postgresql", "CONN_HEALTH_CHECKS": True, "OPTIONS": options, **entry}
