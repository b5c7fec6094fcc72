"""Addresses of surveys inside an alliance."""

from typing import Any

urlpatterns: list[Any] = []
