"""Addresses of joint work inside an alliance."""

from django.urls import path

from alliance.joint.views import persons, projects

urlpatterns = [
    path("joint/", persons.step_list, name="joint"),
    path("joint/export/", persons.export, name="joint-export"),
    path("joint/steps/<int:pk>/<slug:step>/", persons.step_act, name="joint-step"),
    path("joint/persons/", persons.person_list, name="joint-persons"),
    path("joint/persons/<int:pk>/", persons.person, name="joint-person"),
    path("joint/persons/<int:pk>/<slug:step>/", persons.person_act, name="joint-person-act"),
    path("joint/rates/", projects.rates, name="joint-rates"),
    path("joint/projects/", projects.project_list, name="joint-projects"),
    path("joint/projects/new/", projects.new, name="joint-project-new"),
    path("joint/projects/<int:pk>/", projects.project, name="joint-project"),
    path("joint/projects/<int:pk>/steps/", projects.steps, name="joint-project-steps"),
    path("joint/projects/<int:pk>/end/", projects.end, name="joint-project-end"),
    path("joint/projects/<int:pk>/enrol/", persons.enrol, name="joint-enrol"),
    path("joint/projects/<int:pk>/sheet/", persons.sheet, name="joint-sheet"),
]
