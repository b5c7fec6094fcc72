"""Addresses of meetings inside an alliance."""

from typing import Any

urlpatterns: list[Any] = []
