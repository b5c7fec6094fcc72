"""The public addresses of complaints, outside any sign-in, below /say/."""

from typing import Any

urlpatterns: list[Any] = []
