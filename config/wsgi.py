"""The web entry: gunicorn config.wsgi:application."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# What every request uses is loaded before the first one comes, and then left out of garbage collection: a
# full one over these half million objects holds up whatever request meets it for a quarter of a second.
for addresses in ("config.urls", "config.alliance_urls"):
    _ = get_resolver(addresses).url_patterns
gc.collect()
gc.freeze()
