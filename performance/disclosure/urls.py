"""Addresses of the disclosure inside an alliance."""

from django.urls import path

from performance.disclosure import views

urlpatterns = [
    path("disclosure/", views.disclosure, name="disclosure"),
    path("disclosure/switch/", views.switch, name="disclosure-switch"),
    path("disclosure/enter/", views.enter, name="disclosure-enter"),
    path("disclosure/months/<int:pk>/", views.look, name="disclosure-month"),
    path("disclosure/confirm/<slug:what>/<int:pk>/", views.confirm, name="disclosure-confirm"),
]
