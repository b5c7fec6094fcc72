"""Addresses of performance schemes."""

from django.urls import path

from performance.drafting.views import deciding, editing, gallery, judging, versions

AT = "performance-schemes/"
DRAFT = f"{AT}drafts/<int:pk>/"

urlpatterns = [
    path(AT, versions.scheme_list, name="performance-schemes"),
    path(f"{AT}templates/", gallery.template_list, name="performance-templates"),
    path(f"{AT}templates/<slug:code>/", gallery.template, name="performance-template"),
    path(f"{AT}templates/<slug:code>/draft/", gallery.template_begin, name="performance-template-begin"),
    path(f"{AT}difference/", versions.scheme_difference, name="performance-scheme-difference"),
    path(f"{AT}versions/<int:pk>/", versions.scheme_version, name="performance-scheme"),
    path(f"{AT}versions/<int:pk>/draft/", editing.draft_begin, name="performance-draft-begin"),
    path(f"{AT}trials/<int:pk>/", deciding.trial, name="performance-trial"),
    path(DRAFT, editing.draft, name="performance-draft"),
    path(f"{DRAFT}weights/", editing.draft_weights, name="performance-draft-weights"),
    path(f"{DRAFT}effect/", editing.draft_effect, name="performance-draft-effect"),
    path(f"{DRAFT}add/", editing.draft_add, name="performance-draft-add"),
    path(f"{DRAFT}bounds/", editing.draft_bounds, name="performance-draft-bounds"),
    path(f"{DRAFT}evaluators/", judging.draft_judges, name="performance-draft-judges"),
    path(f"{DRAFT}terms/", editing.draft_terms, name="performance-draft-terms"),
    path(f"{DRAFT}items/<slug:column>/<slug:indicator>/", editing.draft_item, name="performance-draft-item"),
    path(
        f"{DRAFT}items/<slug:column>/<slug:indicator>/out/",
        editing.draft_take_out,
        name="performance-draft-take-out",
    ),
    path(f"{DRAFT}try/", deciding.draft_try, name="performance-draft-try"),
    path(f"{DRAFT}trying/<int:job>/", deciding.draft_trying, name="performance-draft-trying"),
    path(f"{DRAFT}trials/", deciding.draft_trials, name="performance-draft-trials"),
    path(f"{DRAFT}propose/", deciding.draft_propose, name="performance-draft-propose"),
    path(f"{DRAFT}exception/", deciding.draft_exception, name="performance-draft-exception"),
    path(
        f"{DRAFT}exception/<int:exception>/confirm/",
        deciding.draft_exception_confirm,
        name="performance-draft-exception-confirm",
    ),
    path(f"{DRAFT}discard/", deciding.draft_discard, name="performance-draft-discard"),
]
