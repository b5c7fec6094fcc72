"""Addresses of surveys inside an alliance."""

from django.urls import path

from complaints.surveys.views import mine, questionnaires, results, surveys

urlpatterns = [
    path("surveys/", surveys.survey_list, name="surveys"),
    path("surveys/open/", surveys.open_survey, name="survey-open"),
    path("surveys/mine/", mine.mine, name="surveys-mine"),
    path("surveys/mine/<int:pk>/", mine.fill, name="survey-fill"),
    path("surveys/questionnaires/", questionnaires.questionnaire_list, name="questionnaires"),
    path("surveys/questionnaires/adopt/", questionnaires.adopt, name="questionnaires-adopt"),
    path("surveys/questionnaires/<int:pk>/", questionnaires.questionnaire, name="questionnaire"),
    path("surveys/questionnaires/<int:pk>/release/", questionnaires.release, name="questionnaire-release"),
    path("surveys/questionnaires/<int:pk>/next/", questionnaires.write, name="questionnaire-next"),
    path("surveys/<int:pk>/", surveys.survey, name="survey"),
    path("surveys/<int:pk>/close/", surveys.close, name="survey-close"),
    path("surveys/<int:pk>/cancel/", surveys.cancel, name="survey-cancel"),
    path("surveys/<int:pk>/export/", results.export, name="survey-export"),
    path("surveys/<int:pk>/at/<str:code>/", results.place, name="survey-place"),
    path("surveys/<int:pk>/at/<str:code>/sheet/", results.place_sheet, name="survey-place-sheet"),
    path("surveys/<int:pk>/at/<str:code>/links/", surveys.survey_links, name="survey-links"),
    path("surveys/<int:pk>/at/<str:code>/runs/", surveys.survey_runs, name="survey-runs"),
    path("surveys/<int:pk>/at/<str:code>/print/", surveys.survey_print, name="survey-print"),
    path("surveys/<int:pk>/at/<str:code>/runs/<int:number>/", surveys.survey_void, name="survey-void"),
]
