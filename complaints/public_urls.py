"""The public addresses of complaints, outside any sign-in, below /say/."""

from django.urls import path

from complaints.views import follow, public, report

urlpatterns = [
    path("<slug:code>/complaint/", public.choose, name="say-complaint"),
    path("<slug:code>/complaint/<str:place>/", public.complain, name="say-complaint-at"),
    path("<slug:code>/complaint/t/<str:secret>/", follow.follow, name="say-complaint-follow"),
    path("<slug:code>/complaint/t/<str:secret>/<slug:step>/", follow.act, name="say-complaint-act"),
    path("<slug:code>/report/", report.report, name="say-report"),
    path("<slug:code>/report/t/<str:secret>/", report.follow, name="say-report-follow"),
]
