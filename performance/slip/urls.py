"""Addresses of a person's month inside an alliance."""

from django.urls import path

from performance.slip import views

urlpatterns = [
    path("pay/mine/", views.mine, name="pay-mine"),
    path("pay/persons/<int:pk>/", views.person, name="pay-person"),
    path("pay/persons/<int:pk>/print/", views.sheet, name="pay-person-print"),
    path("pay/lines/<int:pk>/", views.line, name="pay-why"),
]
