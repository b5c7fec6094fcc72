"""API addresses of joint work, below /api/v1/."""

from django.urls import path

from alliance.joint import api

urlpatterns = [
    path("joint/persons/", api.JointPersons.as_view(), name="joint-persons"),
    path("joint/persons/<int:pk>/", api.OneJointPerson.as_view(), name="joint-person"),
    path("joint/steps/<int:pk>/finish/", api.FinishStep.as_view(), name="joint-step-finish"),
    path("joint/technique-cases/", api.TechniqueCases.as_view(), name="technique-cases"),
]
