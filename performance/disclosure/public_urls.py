"""The public addresses, outside any sign-in."""

from django.urls import path

from performance import converters  # noqa: F401  (registers the month of an address)
from performance.disclosure import public

urlpatterns = [
    path("<slug:code>/", public.page, name="open"),
    path("<slug:code>/<yyyymm:month>/", public.page, name="open-month"),
]
