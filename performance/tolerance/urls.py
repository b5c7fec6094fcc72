"""Addresses of tolerance cases inside an alliance."""

from django.urls import path

from performance.tolerance import views

urlpatterns = [
    path("tolerance/", views.cases, name="tolerance"),
    path("tolerance/open/", views.open_case, name="tolerance-open"),
    path("tolerance/<int:pk>/", views.case, name="tolerance-case"),
    path("tolerance/<int:pk>/files/<int:file>/", views.file, name="tolerance-file"),
    path("tolerance/<int:pk>/act/<slug:step>/", views.act, name="tolerance-act"),
]
