"""Addresses of declared values inside an alliance."""

from django.urls import path

from performance import converters  # noqa: F401  (registers the month of an address)
from performance.declared.views import due, samples, sheets, values

MONTH = "declared/due/<yyyymm:month>/"
PLACE = f"{MONTH}<str:code>/"
urlpatterns = [
    path("declared/", values.value_list, name="declared"),
    path("declared/enter/", values.enter, name="declared-enter"),
    path("declared/due/", due.now, name="declared-due-now"),
    path("declared/watched/", due.duties, name="declared-duties"),
    path("declared/watched/<int:pk>/release/", due.release, name="declared-duty-release"),
    path("declared/sheets/", sheets.sheet_list, name="declared-sheets"),
    path("declared/sheets/upload/", sheets.upload, name="declared-sheet-upload"),
    path("declared/sheets/read/<int:pk>/", sheets.read, name="declared-sheet-read"),
    path("declared/sheets/<int:pk>/", sheets.sheet, name="declared-sheet"),
    path("declared/sheets/<int:pk>/left/", sheets.left, name="declared-sheet-left"),
    path("declared/sheets/<int:pk>/confirm/", sheets.confirm, name="declared-sheet-confirm"),
    path("declared/samples/", samples.sample_list, name="declared-samples"),
    path("declared/samples/draw/<yyyymm:month>/", samples.draw, name="declared-sample-draw"),
    path("declared/samples/<int:pk>/", samples.sample, name="declared-sample"),
    path("declared/checks/<int:pk>/", samples.check, name="declared-check"),
    path("declared/notices/<int:pk>/", samples.notice, name="declared-notice"),
    path("declared/notices/<int:pk>/<slug:step>/", samples.notice_act, name="declared-notice-act"),
    path(f"{PLACE}template/", sheets.template, name="declared-due-template"),
    path(MONTH, due.month, name="declared-due"),
    path(PLACE, due.place, name="declared-due-place"),
    path(f"{PLACE}reminder/", due.reminder, name="declared-due-reminder"),
    path(f"{PLACE}confirm/", due.confirm, name="declared-due-confirm"),
    path("declared/<int:pk>/", values.value, name="declared-value"),
    path("declared/<int:pk>/change/", values.change, name="declared-change"),
    path("declared/<int:pk>/files/<int:file>/", values.proof, name="declared-proof"),
    path("declared/<int:pk>/<slug:step>/", values.act, name="declared-act"),
]
