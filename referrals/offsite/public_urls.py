"""The public addresses of off-site filings, outside any sign-in, below /say/."""

from django.urls import path

from referrals.offsite import public

urlpatterns = [
    path("<slug:code>/offsite/", public.send, name="say-offsite"),
    path("<slug:code>/offsite/t/<str:secret>/", public.follow, name="say-offsite-follow"),
    path("<slug:code>/offsite/t/<str:secret>/<slug:step>/", public.act, name="say-offsite-act"),
]
