"""The public addresses of surveys, outside any sign-in, below /say/."""

from typing import Any

urlpatterns: list[Any] = []
