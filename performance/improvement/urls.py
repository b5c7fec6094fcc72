"""Addresses of improvement inside an alliance."""

from typing import Any

urlpatterns: list[Any] = []
