"""Addresses of consultations inside an alliance."""

from django.urls import path

from referrals.consultations import views
from referrals.consultations.views import centres

urlpatterns = [
    path("consultations/", views.consultation_list, name="consultations"),
    path("consultations/ask/", views.ask, name="consultation-ask"),
    path("consultations/centres/", centres.centre_list, name="centres"),
    path("consultations/<int:pk>/", views.consultation, name="consultation"),
    path("consultations/<int:pk>/change/", views.amend, name="consultation-change"),
    path("consultations/<int:pk>/assign/", views.assign, name="consultation-assign"),
    path("consultations/<int:pk>/proof/", views.proof, name="consultation-proof"),
    path("consultations/<int:pk>/files/", views.add_file, name="consultation-add-file"),
    path("consultations/<int:pk>/files/<int:file>/", views.file, name="consultation-file"),
    path("consultations/<int:pk>/<slug:step>/", views.act, name="consultation-act"),
]
