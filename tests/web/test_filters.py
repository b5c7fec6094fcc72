"""A choice of a filter that names no empty line says its label there: dashes tell nobody anything."""

from __future__ import annotations

import django_filters
import pytest
from django.contrib.auth.models import Group
from django.utils import translation

from alliance.models import Institution
from alliance.web.fields import filter_control


class Unnamed(django_filters.FilterSet):
    """A choice and a choice of rows, neither with a word for its empty line."""

    kind = django_filters.ChoiceFilter(label="kind", choices=[("a", "first")])
    group = django_filters.ModelChoiceFilter(label="group", queryset=Group.objects.none())


class Named(django_filters.FilterSet):
    """A choice with a word of its own."""

    kind = django_filters.ChoiceFilter(label="kind", choices=[("a", "first")], empty_label="any kind")


@pytest.mark.parametrize(("language", "said"), [("en", ": all"), ("zh-hans", "：全部")])
def test_the_empty_line_says_the_label(language: str, said: str) -> None:
    with translation.override(language):
        form = Unnamed(None, queryset=Institution.objects.none()).form
        drawn = "".join(filter_control(form[name]) for name in ("kind", "group"))
    assert f">Kind{said}<" in drawn and f">Group{said}<" in drawn and "---" not in drawn


def test_a_word_of_its_own_stays() -> None:
    assert ">any kind<" in str(filter_control(Named(None, queryset=Institution.objects.none()).form["kind"]))
