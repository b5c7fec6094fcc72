"""The web entry: gunicorn config.wsgi:application."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from config import memory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# What every request uses is loaded before the first one comes.
for addresses in ("config.urls", "config.alliance_urls"):
    _ = get_resolver(addresses).url_patterns
memory.settle()
