"""Addresses of the month's life inside an alliance; a month is written 2026-10."""

from django.urls import path

from performance import converters  # noqa: F401  (registers the month of an address)
from performance.life.views import calendar, corrections, exceptions, months

MONTH = "months/<yyyymm:month>/"
urlpatterns = [
    path("months/calendar/", calendar.now, name="month-calendar-now"),
    path("months/reminders/<int:pk>/", calendar.reminder, name="month-reminder"),
    path(f"{MONTH}calendar/", calendar.calendar, name="month-calendar"),
    path(f"{MONTH}calendar/<slug:step>/change/", calendar.change, name="month-calendar-change"),
    path(f"{MONTH}calendar/<slug:step>/done/", calendar.done, name="month-calendar-done"),
    path(f"{MONTH}remind/<str:code>/", calendar.remind, name="month-remind"),
    path(f"{MONTH}life/", months.life, name="month-life"),
    path(f"{MONTH}life/<slug:step>/", months.act, name="month-life-act"),
    path(f"{MONTH}since/", months.since, name="month-since"),
    path(f"{MONTH}exceptions/", exceptions.ask, name="month-exception-open"),
    path("months/exceptions/<int:pk>/agree/", exceptions.agree, name="month-exception-agree"),
    path("months/exceptions/<int:pk>/correct/", exceptions.correct, name="month-correct"),
    path("months/corrections/<int:pk>/", exceptions.correction, name="month-correction"),
    path("months/corrections/<int:pk>/act/<slug:step>/", exceptions.act, name="month-correction-act"),
    path("statements/", corrections.statement_list, name="statements"),
    path("statements/new/", corrections.statement_new, name="statement-new"),
    path("statements/<int:pk>/", corrections.statement, name="statement"),
    path("statements/<int:pk>/act/<slug:step>/", corrections.statement_act, name="statement-act"),
    path("clawbacks/<int:pk>/", corrections.clawback, name="clawback"),
    path("clawbacks/<int:pk>/act/<slug:step>/", corrections.clawback_act, name="clawback-act"),
    path("publications/", months.publication_list, name="publications"),
    path("publications/<yyyymm:month>/", months.publication, name="month-publication"),
    path("publications/<yyyymm:month>/print/", months.publication_print, name="month-publication-print"),
]
