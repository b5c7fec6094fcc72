"""Addresses of complaints inside an alliance."""

from typing import Any

urlpatterns: list[Any] = []
