"""How this person wants to see pages: theme, care view, language. Kept in cookies, so it also holds before sign-in."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

THEMES = ("auto", "light", "dark")


def display(request: HttpRequest) -> dict[str, Any]:
    theme = request.COOKIES.get("theme", "auto")
    return {
        "display_theme": theme if theme in THEMES else "auto",
        "care": request.COOKIES.get("care") == "on",
        "lang": "en" if (get_language() or "").startswith("en") else "zh-Hans",
        "site_name": settings.SITE_NAME,
    }
