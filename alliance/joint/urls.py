"""Addresses of joint work inside an alliance."""

from django.urls import path

from alliance.joint.views import conferences, persons, projects, research, techniques

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
    path("joint/cases/", techniques.case_list, name="joint-cases"),
    path("joint/cases/new/", techniques.case_new, name="joint-case-new"),
    path("joint/cases/<int:pk>/", techniques.case, name="joint-case"),
    path("joint/cases/<int:pk>/<slug:step>/", techniques.case_act, name="joint-case-act"),
    path("joint/techniques/", techniques.technique_list, name="joint-techniques"),
    path("joint/techniques/new/", techniques.technique_new, name="joint-technique-new"),
    path("joint/techniques/<int:pk>/", techniques.technique, name="joint-technique"),
    path("joint/techniques/<int:pk>/<slug:step>/", techniques.technique_act, name="joint-technique-act"),
    path("joint/licences/<int:pk>/end/", techniques.licence_end, name="joint-licence-end"),
    path("joint/conferences/", conferences.conference_list, name="joint-conferences"),
    path("joint/conferences/new/", conferences.conference_new, name="joint-conference-new"),
    path("joint/conferences/quarter/", conferences.quarter, name="joint-quarter"),
    path("joint/conferences/papers/<int:pk>/", conferences.paper, name="joint-paper"),
    path("joint/conferences/<int:pk>/", conferences.conference, name="joint-conference"),
    path("joint/conferences/<int:pk>/<slug:step>/", conferences.act, name="joint-conference-act"),
    path("joint/conferences/<slug:kind>/<int:pk>/void/", conferences.void, name="joint-conference-void"),
    path("joint/research/", research.study_list, name="joint-research"),
    path("joint/research/new/", research.study_new, name="joint-study-new"),
    path("joint/research/<int:pk>/", research.study, name="joint-study"),
    path("joint/research/<int:pk>/end/", research.study_end, name="joint-study-end"),
    path("joint/subsidies/", techniques.subsidies, name="joint-subsidies"),
    path("joint/subsidies/export/", techniques.subsidies_export, name="joint-subsidies-export"),
]
