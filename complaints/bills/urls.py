"""Addresses of questions about bills inside an alliance."""

from typing import Any

urlpatterns: list[Any] = []
