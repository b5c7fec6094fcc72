"""API addresses of surveys, below /api/v1/."""

from django.urls import path

from complaints.surveys import api

urlpatterns = [path("survey-results/", api.SurveyResults.as_view(), name="survey-results")]
