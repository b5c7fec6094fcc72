"""The public addresses of surveys, outside any sign-in, below /say/."""

from django.urls import path

from complaints.surveys import public

urlpatterns = [
    path("<slug:code>/survey/", public.enter, name="say-survey-enter"),
    path("<slug:code>/survey/thanks/", public.thanks, name="say-survey-thanks"),
    path("<slug:code>/survey/<str:token>/", public.answer, name="say-survey"),
]
