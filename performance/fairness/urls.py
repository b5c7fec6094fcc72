"""Addresses of clues inside an alliance."""

from django.urls import path

from performance import converters  # noqa: F401  (registers the month of an address)
from performance.fairness.views import clues, detectors, remedies

urlpatterns = [
    path("clues/", clues.clue_list, name="clues"),
    path("clues/look/<yyyymm:month>/", clues.look, name="clue-look"),
    path("clues/detectors/", detectors.detectors, name="clue-detectors"),
    path("clues/detectors/<slug:code>/", detectors.try_limits, name="clue-try"),
    path("clues/exceptions/<int:pk>/revoke/", detectors.revoke, name="clue-exception-revoke"),
    path("clues/<int:pk>/", clues.clue, name="clue"),
    path("clues/<int:pk>/explain/", clues.explain, name="clue-explain"),
    path("clues/<int:pk>/files/<int:file>/", clues.file, name="clue-file"),
    path("clues/<int:pk>/measures/<int:remedy>/<slug:step>/", remedies.remedy_act, name="clue-remedy-act"),
    path("clues/<int:pk>/<slug:step>/", clues.act, name="clue-act"),
]
