"""Addresses of abnormal cases inside an alliance."""

from django.urls import path

from grouping.abnormal import views

urlpatterns = [
    path("abnormal/", views.reports, name="abnormal"),
    path("abnormal/liaisons/", views.liaison_list, name="liaisons"),
    path("abnormal/of/<int:case>/", views.report, name="abnormal-new"),
    path("abnormal/<int:pk>/", views.one, name="abnormal-report"),
    path("abnormal/<int:pk>/act/<slug:step>/", views.act, name="abnormal-act"),
]
