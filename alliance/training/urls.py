"""Addresses of training inside an alliance."""

from django.urls import path

from alliance.training import policy_views, views

urlpatterns = [
    path("training/", views.session_list, name="training"),
    path("training/plan/", views.plan, name="training-plan"),
    path("training/hours/", views.hours, name="training-hours"),
    path("training/policy/", policy_views.policy_page, name="training-policy"),
    path("training/<int:pk>/sign-in/", policy_views.sign_in, name="training-sign-in"),
    path("training/fund/", views.fund, name="training-fund"),
    path("training/fund/<int:pk>/<slug:step>/", views.payment, name="training-payment"),
    path("training/lines/<int:pk>/void/", views.void, name="training-void"),
    path("training/<int:pk>/", views.session, name="training-session"),
    path("training/<int:pk>/attend/", views.attend, name="training-attend"),
    path("training/<int:pk>/sheet/", views.attend_by_sheet, name="training-sheet"),
    path("training/<int:pk>/<slug:step>/", views.act, name="training-act"),
]
