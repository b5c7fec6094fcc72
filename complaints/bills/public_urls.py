"""The public addresses of bills questioned, outside any sign-in, below /say/."""

from typing import Any

urlpatterns: list[Any] = []
