"""Filters and tags of every template: money, numbers, permissions."""

from django import template

register = template.Library()
