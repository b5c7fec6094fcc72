"""The public addresses of bills, outside any sign-in, below /say/."""

from django.urls import path

from complaints.bills import public

urlpatterns = [
    path("<slug:code>/bill/", public.ask, name="say-bill-ask"),
    path("<slug:code>/bill/guide/", public.guide, name="say-bill-guide"),
    path("<slug:code>/bill/<str:token>/", public.bill, name="say-bill"),
]
