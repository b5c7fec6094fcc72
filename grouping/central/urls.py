"""Addresses of central group results, below central/."""

from django.urls import path

from grouping.central import views

urlpatterns = [
    path("", views.central_list, name="central"),
    path("deliver/", views.central_deliver, name="central-deliver"),
    path("<int:pk>/", views.central_file, name="central-file"),
    path("<int:pk>/progress/", views.central_progress, name="central-progress"),
    path("<int:pk>/compare/", views.central_compare, name="central-compare"),
    path("rows/<int:pk>/", views.central_row, name="central-row"),
]
