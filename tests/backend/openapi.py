"""Write the golden description of the API anew, after the contract was changed on purpose.

Run ``.venv/bin/python tests/backend/openapi.py`` and read the difference as the other half would.
"""

import json
from pathlib import Path

from joserfc.jwk import ECKey

from backend import app, settings
from backend.clock import real_time

GOLDEN = Path(__file__).with_name("openapi.json")


def described() -> dict[str, object]:
    """The description the application serves; no database is needed for it."""
    environ = {
        "IMORGON_ENVELOPE_KEY": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "IMORGON_SESSION_SECRET": "s" * 32,
        "IMORGON_PUBLIC_URL": "https://imorgon.example",
        "IMORGON_BACKEND_DATABASE_URL_SVEDALA": "postgresql://nowhere/svedala",
        "IMORGON_BACKEND_TOKEN_SVEDALA": "t" * 32,
        "IMORGON_SEAL_KEY_SVEDALA": json.dumps(ECKey.generate_key("P-256").as_dict(private=True)),
    }
    return app.create(settings.read(environ), real_time).openapi()


def written(description: dict[str, object]) -> str:
    """The file's text for a description."""
    return json.dumps(description, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    GOLDEN.write_text(written(described()), encoding="utf-8")
