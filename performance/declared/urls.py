"""Addresses of declared values inside an alliance."""

from django.urls import path

from performance.declared import views

urlpatterns = [
    path("declared/", views.value_list, name="declared"),
    path("declared/enter/", views.enter, name="declared-enter"),
    path("declared/<int:pk>/", views.value, name="declared-value"),
    path("declared/<int:pk>/change/", views.change, name="declared-change"),
    path("declared/<int:pk>/files/<int:file>/", views.proof, name="declared-proof"),
    path("declared/<int:pk>/<slug:step>/", views.act, name="declared-act"),
]
