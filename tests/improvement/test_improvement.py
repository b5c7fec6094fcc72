"""An improvement item: a computed baseline, cause, actions, the same figure again, closed only by it."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import docx
import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from alliance.web.refused import worded
from performance.engine.indicators import Indicator, shipped_indicators
from performance.improvement import forms, services, show
from performance.improvement.models import Item, Measure
from performance.improvement.refusals import ImprovementRefused
from performance.meetings.models import Task
from performance.meetings.services import tasks
from performance.models import IndicatorValue
from tests.performance.scene import OCTOBER, SEPTEMBER, inside
from tests.world import World

NOW = datetime(2026, 11, 12, 2, tzinfo=UTC)
A = "/a/qinghe/improvements/"


def measurable(world: World) -> tuple[Indicator, Decimal]:
    """An indicator of the lead hospital that both months computed, where less or more is better."""
    values = IndicatorValue.objects.filter(institution=world.lead, value__isnull=False)
    for one in values.filter(settlement__month=SEPTEMBER.first_day).order_by("indicator"):
        found = services.computed(OCTOBER, world.lead, one.indicator)
        if found is not None and found[1].direction in services.SIDES:
            return found[1], one.value
    raise AssertionError("no indicator of both months")


def opened(world: World, **more: Any) -> Item:
    indicator, value = measurable(world)
    wanted = value - 1 if indicator.direction == "lower" else value + 1
    return services.open_item(
        by=world.kong, institution=world.lead, indicator=indicator.code, month=SEPTEMBER, now=NOW,
        **{"title": "降低次均费用", "wanted": wanted, "source": "portrait", **more},
    )  # fmt: skip


def again(row: Item) -> Item:
    found: Item = Item.objects.named().get(pk=row.pk)
    return found


def checked(world: World) -> Item:
    """Planned, done, measured in October."""
    row = opened(world)
    services.explain(by=world.kong, item=again(row), cause="用药结构不合理")
    task = services.act(
        by=world.kong,
        item=again(row),
        title="分级管理抗菌药物",
        owner=world.lin,
        due_on=date(2026, 11, 20),
        now=NOW,
    )
    services.begin(by=world.kong, item=again(row))
    services.measure(by=world.kong, item=again(row), month=OCTOBER, now=NOW)
    done = Task.objects.named().get(pk=task.pk)
    tasks.answer(by=world.lin, task=done, text="已实施", now=NOW)
    return row


def finished(world: World) -> Item:
    row = checked(world)
    tasks.check(by=world.luo, task=Task.objects.named().get(), accepted=True, now=NOW)
    return services.close(by=world.kong, item=again(row), conclusion="有效，写入规范", now=NOW)


def test_an_action_is_done_by_one_of_the_house_or_of_the_alliance_office(qinghe: World) -> None:
    """With where they stand instead of how they sign in, and in departments of that house alone."""
    with inside(qinghe), translation.override("zh-hans"):
        fields = forms.ActionForm(by=qinghe.luo, item=opened(qinghe)).fields
        names = [label for _value, label in fields["owner"].choices]
        assert set(fields["owner"].queryset.values_list("institution", flat=True)) == {qinghe.lead.pk, None}
        assert set(fields["department"].queryset.values_list("institution", flat=True)) == {qinghe.lead.pk}
        assert "孟繁星 · 清河县医共体 · 绩效办" in " ".join(names) and "meng" not in " ".join(names)
        own = forms.ActionForm(by=qinghe.kong, item=Item.objects.get()).fields["owner"].queryset
        assert set(own.values_list("institution", flat=True)) == {qinghe.lead.pk}


def test_a_second_item_on_the_same_figure_is_refused_with_the_month_in_words(qinghe: World) -> None:
    with inside(qinghe), translation.override("zh-hans"):
        opened(qinghe)
        with pytest.raises(ImprovementRefused) as refused:
            opened(qinghe)
    assert "2026年9月" in worded(refused.value)


def test_the_baseline_is_the_value_the_month_computed(qinghe: World) -> None:
    with inside(qinghe):
        indicator, value = measurable(qinghe)
        row = opened(qinghe)
        base = row.measures.get()
        assert base.value == value and base.baseline and base.computed.settlement.month == SEPTEMBER.first_day
        with pytest.raises(ImprovementRefused, match="no computed value"):
            services.open_item(
                by=qinghe.luo, institution=qinghe.liulin, indicator=indicator.code, month=SEPTEMBER,
                title="x",
                wanted=Decimal(1), source="other", now=NOW,
            )  # fmt: skip
        with pytest.raises(ImprovementRefused, match="not better"):
            opened(qinghe, wanted=value)
        with pytest.raises(PermissionDenied):
            services.open_item(
                by=qinghe.kong, institution=qinghe.tcm, indicator=indicator.code, month=SEPTEMBER, title="x",
                wanted=Decimal(1), source="other", now=NOW,
            )  # fmt: skip


def test_it_goes_from_plan_to_act_and_is_closed_by_its_figure(qinghe: World) -> None:
    with inside(qinghe):
        row = opened(qinghe)
        with pytest.raises(ImprovementRefused, match="cause"):
            services.begin(by=qinghe.kong, item=again(row))
        services.explain(by=qinghe.kong, item=again(row), cause="用药结构不合理")
        with pytest.raises(ImprovementRefused, match="action"):
            services.begin(by=qinghe.kong, item=again(row))
        services.withdraw(by=qinghe.kong, item=again(row), reason="另开一项")
    with inside(qinghe):
        row = checked(qinghe)
        with pytest.raises(ImprovementRefused, match="after the last"):
            services.measure(by=qinghe.kong, item=again(row), month=SEPTEMBER, now=NOW)
        with pytest.raises(ImprovementRefused, match="not done yet"):
            services.close(by=qinghe.kong, item=again(row), conclusion="x", now=NOW)
        tasks.check(by=qinghe.luo, task=Task.objects.named().get(state="answered"), accepted=True, now=NOW)
        closed = services.close(by=qinghe.kong, item=again(row), conclusion="有效", now=NOW)
        newest = closed.measures.latest("month")
        assert closed.closing == newest
        assert closed.reached is services.better(closed.defined(), newest.value, closed.wanted)


def test_another_definition_is_not_compared(qinghe: World) -> None:
    """An item whose baseline stood under another definition takes no figure of October's."""
    with inside(qinghe):
        first = opened(qinghe)
        base = first.measures.get()
        row = again(first)
        services.withdraw(by=qinghe.kong, item=again(first), reason="口径有变")
        row.pk, row.definition_digest = None, "an earlier definition"
        row.save(force_insert=True)
        base.pk, base.item, base.definition_digest = None, row, row.definition_digest
        base.save(force_insert=True)
        services.explain(by=qinghe.kong, item=again(row), cause="x")
        services.act(by=qinghe.kong, item=again(row), title="x", owner=qinghe.lin, now=NOW)
        services.begin(by=qinghe.kong, item=again(row))
        with pytest.raises(ImprovementRefused, match="definition"):
            services.measure(by=qinghe.kong, item=again(row), month=OCTOBER, now=NOW)


def test_no_second_open_item_begins_with_the_same_figure(qinghe: World) -> None:
    """Two items on one figure of one month were accepted; the open one is named and linked instead."""
    with inside(qinghe):
        first = opened(qinghe)
        with pytest.raises(ImprovementRefused, match="降低次均费用") as refused:
            opened(qinghe, title="再开一项")
        assert refused.value.reason == "doubled" and Item.objects.count() == 1
        copy, base = again(first), first.measures.get()
        copy.pk = None
        copy.save(force_insert=True)
        base.pk, base.item = None, copy
        with pytest.raises(DatabaseError, match="begins with this figure"), transaction.atomic():
            base.save(force_insert=True)
        base.month, base.computed = (
            OCTOBER.first_day,
            services.computed(OCTOBER, qinghe.lead, first.indicator)[0],
        )  # type: ignore[index]
        base.value = base.computed.value
        base.save(force_insert=True)  # another month is another baseline
        indicator, value = measurable(qinghe)
    client = qinghe.client("kong")
    link = f'href="{A}{first.pk}/"'
    named = f"institution=QH01&indicator={indicator.code}&month="
    assert link in client.get(f"{A}open/?{named}2026-09").content.decode()
    assert link not in client.get(f"{A}open/?{named}2026-08").content.decode()
    body = {
        "institution": qinghe.lead.pk, "indicator": indicator.code, "month": "2026-09", "title": "再开一项",
        "wanted": value - 1 if indicator.direction == "lower" else value + 1, "source": "portrait",
    }  # fmt: skip
    answer = client.post(f"{A}open/", body)
    assert answer.status_code == 400 and link in answer.content.decode()
    with inside(qinghe):
        services.withdraw(by=qinghe.kong, item=again(first), reason="误开")
        assert opened(qinghe, title="再开一项").pk


def test_other_words_are_no_other_definition() -> None:
    one = next(one for one in shipped_indicators().values() if one.direction == "lower")
    assert services.definition_digest(replace(one, name_zh="别名")) == services.definition_digest(one)
    assert services.definition_digest(replace(one, scale=one.scale * 10)) != services.definition_digest(one)


STATEMENTS = (
    # Closed without a figure; by its baseline; reached as the figure does not say.
    "update improvement_item set state = 'closed', closed_at = now(), closed_by_id = opened_by_id, "
    "reached = true, conclusion = 'x'",
    "update improvement_item set state = 'closed', closed_at = now(), closed_by_id = opened_by_id, "
    "reached = true, conclusion = 'x', closing_id = (select id from improvement_measure where baseline)",
    "update improvement_item set state = 'closed', closed_at = now(), closed_by_id = opened_by_id, "
    "conclusion = 'x', closing_id = (select id from improvement_measure where not baseline), reached = not ("
    "select case when i.definition ->> 'direction' = 'lower' then m.value <= i.wanted "
    "else m.value >= i.wanted end "
    "from improvement_item i, improvement_measure m where not m.baseline)",
    "update improvement_item set wanted = wanted * 2",
    "update improvement_item set definition_digest = 'x'",
    "delete from improvement_item",
    "update improvement_measure set value = 0",
    "delete from improvement_measure",
    # A typed figure, and one of another month than its settlement.
    "insert into improvement_measure (alliance_id, item_id, month, baseline, computed_id, value, "
    "definition_digest, taken_by_id, taken_at) select alliance_id, item_id, '2026-12-01', false, "
    "computed_id, 1234567, "
    "definition_digest, taken_by_id, now() from improvement_measure where not baseline",
    "insert into improvement_measure (alliance_id, item_id, month, baseline, computed_id, value, "
    "definition_digest, taken_by_id, taken_at) select alliance_id, item_id, '2026-12-01', false, "
    "computed_id, value, "
    "definition_digest, taken_by_id, now() from improvement_measure where not baseline",
)


def test_the_database_refuses_a_figure_that_was_not_computed_and_a_close_without_one(qinghe: World) -> None:
    with inside(qinghe):
        checked(qinghe)
    for statement in STATEMENTS:
        with pytest.raises(DatabaseError), inside(qinghe), connection.cursor() as cursor:
            cursor.execute(statement)
    with inside(qinghe):
        tasks.check(by=qinghe.luo, task=Task.objects.named().get(), accepted=True, now=NOW)
        services.close(by=qinghe.kong, item=again(Item.objects.get()), conclusion="有效", now=NOW)
    with pytest.raises(DatabaseError), inside(qinghe), connection.cursor() as cursor:
        cursor.execute("update improvement_item set conclusion = 'x'")


def test_pages_from_the_indicator_to_the_report(qinghe: World) -> None:
    with inside(qinghe):
        indicator, value = measurable(qinghe)
    client = qinghe.client("kong")
    opening = f"{A}open/?institution=QH01&indicator={indicator.code}&month=2026-09&source=portrait"
    assert f'value="{indicator.code}" selected' in client.get(opening).content.decode()
    wanted = value - 1 if indicator.direction == "lower" else value + 1
    body = {
        "institution": qinghe.lead.pk, "indicator": indicator.code, "month": "2026-09",
        "title": "降低次均费用",
        "wanted": value, "source": "portrait",
    }  # fmt: skip
    answer = client.post(f"{A}open/", body)
    assert answer.status_code == 400 and "降低次均费用" in answer.content.decode()
    assert client.post(f"{A}open/", {**body, "wanted": wanted}).status_code == 302
    with inside(qinghe):
        row = Item.objects.get()
    url = f"{A}{row.pk}/"
    client.post(f"{url}act/explain/", {"cause": "用药结构不合理"})
    client.post(f"{url}act/action/", {"title": "分级管理", "owner": qinghe.lin.pk, "due_on": "2027-01-20"})
    client.post(f"{url}act/begin/")
    client.post(f"{url}act/measure/", {"month": "2026-10"})
    page = client.get(url).content.decode()
    assert "用药结构不合理" in page and "分级管理" in page and 'data-from="improvement"' in page
    assert qinghe.client("kong").post(f"{url}act/close/", {"conclusion": ""}).status_code == 400
    listed = client.get(A).content.decode()
    assert "降低次均费用" in listed
    text = docx.Document(io.BytesIO(client.get(f"{A}report/docx/").content)).tables[0]
    cells = [cell.text for line in text.rows for cell in line.cells]
    assert "用药结构不合理" in cells and any("分级管理" in cell for cell in cells)
    assert client.get(f"{A}report/").status_code == 200
    with inside(qinghe):
        office = qinghe.luo
        assert show.rows(office).count() == 1 and Measure.objects.count() == 2
    assert qinghe.client("wu").get(url).status_code == 200
    assert qinghe.client("lin").get(url).status_code == 403
