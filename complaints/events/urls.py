"""Addresses of days of patients and focus groups inside an alliance."""

from django.urls import path

from complaints.events import views

urlpatterns = [
    path("patient-days/", views.days, name="patient-days"),
    path("patient-days/plan/", views.plan, name="patient-day-plan"),
    path("patient-days/<int:pk>/", views.day, name="patient-day"),
    path("patient-days/<int:pk>/act/<slug:step>/", views.act, name="patient-day-act"),
    path("focus-groups/new/", views.interview, name="focus-group-new"),
    path("focus-groups/<int:pk>/", views.group, name="focus-group"),
    path("focus-groups/<int:pk>/done/", views.done, name="focus-group-done"),
]
