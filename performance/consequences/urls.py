"""Addresses of letters and consequences inside an alliance."""

from django.urls import path

from performance import converters  # noqa: F401  (registers the month of an address)
from performance.consequences.views import aloof, consequences, earlier, letters, years

ONE = "letters/<int:pk>/"
urlpatterns = [
    path("letters/", letters.letter_list, name="letters"),
    path("letters/year/", letters.letter_year, name="letter-year-now"),
    path("letters/year/<int:year>/", letters.letter_year, name="letter-year"),
    path("letters/begin/", letters.letter_begin, name="letter-begin"),
    path("letters/templates/", letters.template_list, name="letter-templates"),
    path("letters/templates/take/", letters.template_install, name="letter-templates-take"),
    path("letters/templates/<int:pk>/next/", letters.template_next, name="letter-template-next"),
    path(ONE, letters.letter, name="letter"),
    path(f"{ONE}edit/", letters.letter_edit, name="letter-edit"),
    path(f"{ONE}print/", letters.letter_print, name="letter-print"),
    path(f"{ONE}scan/", letters.letter_scan, name="letter-scan"),
    path(
        f"{ONE}promises/<int:place>/<yyyymm:month>/<slug:key>/",
        letters.letter_records,
        name="letter-records",
    ),
    path(f"{ONE}<slug:step>/", letters.letter_act, name="letter-act"),
    path("consequences/", consequences.consequence_list, name="consequences"),
    path("consequences/look/", consequences.consequence_look, name="consequence-look"),
    path("consequences/aloof/", aloof.aloof_list, name="aloof"),
    path("consequences/aloof/export/", aloof.aloof_export, name="aloof-export"),
    path("consequences/aloof/print/", aloof.aloof_print, name="aloof-print"),
    path("consequences/aloof/of/<str:code>/", aloof.aloof_one, name="aloof-one"),
    path("consequences/aloof/of/<str:code>/<slug:kind>/", aloof.aloof_ask, name="aloof-ask"),
    path("consequences/years/", years.year_list, name="years"),
    path("consequences/years/close/", years.year_compute, name="year-compute"),
    path("consequences/years/earlier/enter/", earlier.earlier_enter, name="earlier-year-enter"),
    path("consequences/years/earlier/<int:pk>/", earlier.earlier_year, name="earlier-year"),
    path("consequences/years/earlier/<int:pk>/scan/", earlier.earlier_scan, name="earlier-year-scan"),
    path("consequences/years/earlier/<int:pk>/<slug:step>/", earlier.earlier_act, name="earlier-year-act"),
    path("consequences/years/<int:pk>/", years.year, name="year"),
    path("consequences/years/<int:pk>/propose/", years.year_propose, name="year-propose"),
    path("consequences/interviews/<int:pk>/<slug:step>/", years.interview_act, name="interview-act"),
    path("consequences/<int:pk>/draft/", years.reweight_begin, name="reweight-begin"),
    path("consequences/<int:pk>/", consequences.consequence, name="consequence"),
    path("consequences/<int:pk>/<slug:step>/", consequences.consequence_act, name="consequence-act"),
]
