"""Addresses of MDT records inside an alliance."""

from django.urls import path

from referrals.mdt import views

urlpatterns = [
    path("mdt/", views.meetings, name="mdt"),
    path("mdt/plan/", views.plan, name="mdt-plan"),
    path("mdt/<int:pk>/", views.meeting, name="mdt-meeting"),
    path("mdt/<int:pk>/sheet/", views.sheet, name="mdt-sheet"),
    path("mdt/<int:pk>/seats/<int:seat>/void/", views.unseat, name="mdt-unseat"),
    path("mdt/<int:pk>/act/<slug:step>/", views.act, name="mdt-act"),
]
