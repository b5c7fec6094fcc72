"""Addresses of consultations inside an alliance."""

from django.urls import path

from referrals.consultations import views
from referrals.consultations.views import centres, episodes, figures

urlpatterns = [
    path("consultations/", views.consultation_list, name="consultations"),
    path("consultations/ask/", views.ask, name="consultation-ask"),
    path("consultations/centres/", centres.centre_list, name="centres"),
    path("consultations/figures/", figures.month_figures, name="consultation-figures"),
    path("consultations/records/", figures.records, name="consultation-records"),
    path("consultations/fees/", figures.fees, name="consultation-fees"),
    path("consultations/fees/charge/", figures.charge, name="consultation-fees-charge"),
    path("episodes/<int:pk>/", episodes.episode, name="episode"),
    path("episodes/<int:pk>/<slug:step>/", episodes.act, name="episode-act"),
    path("consultations/<int:pk>/episode/", episodes.open_line, name="consultation-episode"),
    path("consultations/<int:pk>/", views.consultation, name="consultation"),
    path("consultations/<int:pk>/change/", views.amend, name="consultation-change"),
    path("consultations/<int:pk>/assign/", views.assign, name="consultation-assign"),
    path("consultations/<int:pk>/proof/", views.proof, name="consultation-proof"),
    path("consultations/<int:pk>/files/", views.add_file, name="consultation-add-file"),
    path("consultations/<int:pk>/files/<int:file>/", views.file, name="consultation-file"),
    path("consultations/<int:pk>/<slug:step>/", views.act, name="consultation-act"),
]
