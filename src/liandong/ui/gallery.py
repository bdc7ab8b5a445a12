"""What the gallery shows: made-up people and figures."""

from typing import Any

from django import forms
from django.http import HttpRequest


def context(request: HttpRequest) -> dict[str, Any]:
    return {}
