"""The page of what changed between two versions: by section, searched, one line a change, as a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import django_tables2 as tables
from django import forms
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from alliance.lib.sheets.out import Cell, csv_chunks
from alliance.services import journal
from alliance.web import lists, parts, words
from alliance.web.access import permit
from grouping.engine.compare import SECTIONS, Change, marked
from grouping.models import SchemeVersion
from grouping.services import versions
from grouping.tables import chip
from grouping.versions.views import named, version_or_404

SOUND = (SchemeVersion.State.DRAFT, SchemeVersion.State.RELEASED)
SECTION_WORDS = {
    "head": gettext_lazy("scheme.toml"),
    "groups": gettext_lazy("groups"),
    "rules": gettext_lazy("rules"),
    "weights": gettext_lazy("weights"),
    "codes": gettext_lazy("codes in lists"),
    "complications": gettext_lazy("complications"),
    "exclusions": gettext_lazy("exclusions"),
    "dictionaries": gettext_lazy("dictionaries"),
}
KIND_WORDS = {
    "born": gettext_lazy("new"),
    "gone": gettext_lazy("gone"),
    "changed": gettext_lazy("changed"),
    "moved": gettext_lazy("moved elsewhere"),
    "renamed": gettext_lazy("renamed"),
    "order": gettext_lazy("tried in another order"),
    "kind": gettext_lazy("another kind"),
    "next": gettext_lazy("without a DRG another way on"),
    "note": gettext_lazy("another note"),
    "weight": gettext_lazy("weight"),
    "level": gettext_lazy("another level"),
    "group": gettext_lazy("another exclusion group"),
}
KIND_CHIPS = {"born": "ok", "gone": "late", "moved": "warn"}
# Keys of scheme.toml, and what has an order of its own.
HEAD_WORDS = {
    "format": gettext_lazy("format"), "code": gettext_lazy("code"), "name": gettext_lazy("name"),
    "version": gettext_lazy("version"), "year": gettext_lazy("year"), "region": gettext_lazy("region"),
    "source": gettext_lazy("source"), "effective_from": gettext_lazy("in force from"),
    "mdc_order": gettext_lazy("order in which MDC are tried"),
    "retry_other_procedures": gettext_lazy("other procedures tried when the main one fits nowhere"),
    "ungroupable": gettext_lazy("code of cases that fit nowhere"),
    "weight_unit": gettext_lazy("unit of the weights"),
    "weight_source": gettext_lazy("source of the weights"),
}  # fmt: skip
ORDERED = {"adrgs": gettext_lazy("its ADRG"), "drgs": gettext_lazy("its DRG")}
# A long text over the whole width of a phone, with its heading.
WIDE = {"td": {"class": "wrap all"}}
LONG = 400  # characters of a text shown in a list; the file holds all


@lru_cache(maxsize=4)
def changes(old: int, new: int, old_digest: str, new_digest: str) -> tuple[Change, ...]:
    """Every change between two versions; the digests tell a draft's states apart."""
    rows = {row.pk: row for row in SchemeVersion.objects.filter(pk__in=(old, new))}
    return versions.differences(rows[old], rows[new])


class ChangeTable(lists.Table):
    """One line a change."""

    code = tables.Column(verbose_name=gettext_lazy("what"), attrs=lists.HEAD)
    kind = tables.Column(verbose_name=gettext_lazy("change"), attrs={"td": {"data-k": ""}})
    where = tables.Column(verbose_name=gettext_lazy("of the group"), empty_values=())
    old = tables.Column(verbose_name=gettext_lazy("before"), empty_values=(), attrs=WIDE)
    new = tables.Column(verbose_name=gettext_lazy("after"), empty_values=(), attrs=WIDE)
    effect = tables.Column(verbose_name=gettext_lazy("effect"), empty_values=(), attrs=lists.NUMBER)

    class Meta(lists.Table.Meta):
        sequence = ("code", "kind", "where", "old", "new", "effect")
        row_attrs = {"id": lambda record: f"{record.section}-{record.code}"}

    def render_code(self, record: Change) -> SafeString:
        if record.section == "head":
            return format_html('{} <span class="code">{}</span>', HEAD_WORDS[record.code], record.code)
        return format_html('<span class="code">{}</span> {}', record.code, name_of(record))

    def render_kind(self, record: Change) -> SafeString:
        return chip(KIND_CHIPS.get(record.kind, ""), str(KIND_WORDS[record.kind]))

    def render_where(self, record: Change) -> str:
        return record.where[:LONG] or words.DASH

    def render_old(self, record: Change) -> SafeString | str:
        return _side(record, "gone")

    def render_new(self, record: Change) -> SafeString | str:
        return _side(record, "born")

    def render_effect(self, record: Change) -> str:
        return effect(record)


def name_of(change: Change) -> str:
    """What a change is about, in words."""
    if change.section == "head":
        return str(HEAD_WORDS[change.code])
    return str(ORDERED[change.name]) if change.kind == "order" and change.name in ORDERED else change.name


def _side(change: Change, own: str) -> SafeString | str:
    """One side of a change; of a changed rule the words that differ are marked."""
    text = change.old if own == "gone" else change.new
    if change.section != "rules" or len(change.old) + len(change.new) > LONG * 10:
        return text[:LONG] or words.DASH
    tag = "del" if own == "gone" else "ins"
    shown = [(kind, part) for kind, part in marked(change.old, change.new) if kind in ("same", own)]
    return format_html_join("", "{}", ((_marked(tag, kind, part),) for kind, part in shown))


def _marked(tag: str, kind: str, part: str) -> SafeString | str:
    if kind == "same":
        return part
    return format_html("<ins>{}</ins>", part) if tag == "ins" else format_html("<del>{}</del>", part)


def effect(change: Change) -> str:
    """How much a weight rose or fell, absolute and in percent; of a dictionary how many rows."""
    if change.delta is None:
        return words.DASH
    if change.section == "dictionaries":
        return words.num(change.delta)
    share = "" if change.share is None else f" ({words.diff(change.share * 100, 1)}%)"
    return words.diff(change.delta, 4) + share


@permit("scheme.view")
@require_safe
def scheme_compare_pick(request: Any, pk: int) -> HttpResponseBase:
    """Choose the other version; the one it was copied from stands first."""
    version = version_or_404(pk)
    others = SchemeVersion.objects.filter(state__in=SOUND).exclude(pk=pk).order_by("-pk")[:50]
    form = forms.Form(request.GET if "other" in request.GET else None)
    form.fields["other"] = forms.ChoiceField(
        label=_("compare with"), choices=[(one.pk, f"{one} ({one.get_state_display()})") for one in others],
        initial=version.base_id,
    )  # fmt: skip
    if form.is_bound and form.is_valid():
        return redirect("scheme-compare", int(form.cleaned_data["other"]), pk)
    return render(
        request,
        "grouping/scheme_compare_pick.html",
        {"title": _("Compare"), "version": version, "form": form},
    )


@permit("scheme.view")
@require_safe
def scheme_compare(request: Any, old: int, new: int) -> HttpResponse:
    """What changed from one version to another."""
    before, after, found = _found(old, new)
    section, text = request.GET.get("view", ""), request.GET.get("q", "").strip()
    section = section if section in SECTIONS else ""
    kept = [one for one in found if section in ("", one.section) and _says(one, text)]
    title = _("%(n)s changes from %(old)s to %(new)s") % {
        "n": words.num(len(found)), "old": before.version or before, "new": after.version or after,
    }  # fmt: skip
    empty = parts.Empty(_("Both versions say the same"), icon="ok")
    if found:
        empty = parts.Empty(_("Nothing matches these conditions"), _("Try a shorter word."), icon="search")
    return lists.answer(
        request, "grouping/scheme_compare.html", kept, ChangeTable, empty=empty,
        tabs=_tabs(found, section, text),
        extra={"title": title, "before": before, "after": after, "q": text, "section": section},
    )  # fmt: skip


def _found(old: int, new: int) -> tuple[SchemeVersion, SchemeVersion, Sequence[Change]]:
    before, after = version_or_404(old), version_or_404(new)
    if before.state not in SOUND or after.state not in SOUND:
        raise Http404
    try:
        return before, after, changes(before.pk, after.pk, before.digest, after.digest)
    except versions.ContentGone as gone:
        raise Http404 from gone


def _says(change: Change, text: str) -> bool:
    """Whether a change is about a text: its code begins with it, or its name or home holds it."""
    if not text:
        return True
    return change.code.startswith(text) or text in change.name or text in change.where.split()


def _tabs(found: Sequence[Change], section: str, text: str) -> list[parts.Tab]:
    counts = Counter(one.section for one in found if _says(one, text))
    kept = {"q": text} if text else {}
    tabs = [parts.Tab(_("all"), "?" + urlencode(kept), not section, sum(counts.values()))]
    for name in SECTIONS:
        if counts[name] or name == section:
            url = "?" + urlencode({"view": name, **kept})
            tabs.append(parts.Tab(str(SECTION_WORDS[name]), url, name == section, counts[name]))
    return tabs


@permit("scheme.view")
@require_safe
def scheme_compare_export(request: Any, old: int, new: int) -> HttpResponseBase:
    """All changes as CSV."""
    before, after, found = _found(old, new)
    journal.write(
        by=request.membership,
        verb="scheme.comparison_exported",
        about=after,
        request=request,
        before=before.pk,
    )
    response = StreamingHttpResponse(csv_chunks(_sheet(found)), content_type="text/csv; charset=utf-8")
    return named(response, f"changes-{before.pk}-{after.pk}.csv")


def _sheet(found: Iterable[Change]) -> Iterator[list[Cell]]:
    """Rows of the file; words are looked up at once, because rows are written after the request ended."""
    top: list[Cell] = [_("section"), _("change"), _("code"), _("name"), _("of the group"), _("before"),
                       _("after"), _("difference"), _("difference in percent")]  # fmt: skip
    sections = {name: str(word) for name, word in SECTION_WORDS.items()}
    kinds = {name: str(word) for name, word in KIND_WORDS.items()}
    return _lines(found, top, sections, kinds)


def _lines(
    found: Iterable[Change], top: list[Cell], sections: dict[str, str], kinds: dict[str, str]
) -> Iterator[list[Cell]]:
    yield top
    for one in found:
        share = None if one.share is None else round(one.share * 100, 2)
        yield [sections[one.section], kinds[one.kind], one.code, name_of(one), one.where, one.old, one.new,
               one.delta, share]  # fmt: skip
