"""From what was noticed to a task or an improvement item, and back: portrait, complaint, late step."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import DatabaseError, connection
from django.test import override_settings

from alliance.web import carrying
from complaints import origins as complaint_origins
from complaints.services import handling
from performance import origins
from performance.improvement import services
from performance.improvement.models import Item
from performance.improvement.refusals import ImprovementRefused
from performance.meetings.models import Task
from performance.meetings.services import tasks
from performance.models import MonthStep, Settlement
from tests.complaints.scene import filed
from tests.improvement.test_improvement import measurable
from tests.performance.scene import OCTOBER, SEPTEMBER, inside
from tests.world import World

NOW = datetime(2026, 11, 12, 2, tzinfo=UTC)
A = "/a/qinghe"


def offered(world: World, who: str, kind: str, pk: int) -> list[str]:
    with inside(world), override_settings(ROOT_URLCONF="config.alliance_urls"):
        found = carrying.find(world.people[who], kind, pk)
        return [one.url for one in carrying.acts(world.people[who], found)] if found else []


@time_machine.travel(NOW, tick=False)
def test_from_a_portrait_an_item_is_opened_with_its_baseline_and_both_name_each_other(qinghe: World) -> None:
    with inside(qinghe):
        indicator, value = measurable(qinghe)
        number = origins.portrait_number(qinghe.lead, SEPTEMBER)
    kong, portrait = qinghe.client("kong"), f"{A}/months/2026-09/institutions/QH01/portrait/"
    url = next(one for one in offered(qinghe, "kong", origins.PORTRAIT, number) if "improvements" in one)
    given = {name: found[0] for name, found in parse_qs(urlsplit(url).query).items()}
    assert given["month"] == "2026-09" and given["source_id"] == str(number) and given["source"] == "portrait"
    page = kong.get(f"{A}{url}&indicator={indicator.code}").content.decode()
    assert f'value="{indicator.code}" selected' in page and 'value="2026-09" selected' in page
    wanted = value - 1 if indicator.direction == "lower" else value + 1
    data = {**given, "institution": qinghe.lead.pk, "indicator": indicator.code, "wanted": str(wanted)}
    for elsewhere in ({"source_id": 202609}, {"source": "complaint"}):
        refused = kong.post(f"{A}/improvements/open/", data | elsewhere)
        assert refused.status_code == 400 and "不存在" in refused.content.decode()
    assert kong.post(f"{A}/improvements/open/", data).status_code == 302
    with inside(qinghe):
        item = Item.objects.get()
        assert (item.source_id, item.measures.get().value) == (number, value)
    assert f"{A}/improvements/{item.pk}/" in kong.get(portrait).content.decode()
    assert portrait in kong.get(f"{A}/improvements/{item.pk}/").content.decode()


@time_machine.travel(NOW, tick=False)
def test_from_a_complaint_a_task_that_tells_nothing_of_what_was_said(qinghe: World) -> None:
    with inside(qinghe):
        row = filed(qinghe.lead, NOW)
    kong = qinghe.client("kong")
    give = f"{A}/tasks/about/complaints.complaint/{row.pk}/"
    body = kong.get(f"{A}/complaints/{row.pk}/").content.decode()
    assert give in body and f"source=complaint&amp;source_id={row.pk}" in body
    form = kong.get(give).content.decode()
    assert row.number in form and row.text not in form
    data = {"title": row.number, "institution": qinghe.lead.pk}
    assert kong.post(give, data).status_code == 302
    with inside(qinghe):
        task = Task.objects.get()
    assert f"{A}/tasks/{task.pk}/" in kong.get(f"{A}/complaints/{row.pk}/").content.decode()
    assert f"{A}/complaints/{row.pk}/" in kong.get(f"{A}/tasks/{task.pk}/").content.decode()
    # Who may not see the complaint gets no task about it, and no kind nobody registered.
    lu = qinghe.client("tan")
    assert lu.get(give).status_code in (403, 404)
    assert qinghe.client("luo").get(f"{A}/tasks/about/alliance.person/1/").status_code == 404
    assert qinghe.client("luo").get(f"{A}/tasks/about/complaints.complaint/0/").status_code == 404


@time_machine.travel(NOW, tick=False)
def test_complaints_are_measured_without_a_scheme_that_scores_them(qinghe: World) -> None:
    """S1-73: from a late complaint; baseline and figure are counted, not typed, and a later one closes it."""
    at, then = datetime(2026, 9, 8, 2, tzinfo=UTC), datetime(2026, 10, 9, 2, tzinfo=UTC)
    with inside(qinghe):
        assert "complaint_reply" not in Settlement.objects.latest("pk").indicators()
        late, kept, soon = filed(qinghe.lead, at), filed(qinghe.lead, at), filed(qinghe.lead, then)
        for row, hours in ((late, 30), (kept, 2), (soon, 1)):
            when = row.received_at + timedelta(hours=hours)
            handling.answer(by=qinghe.kong, complaint=row, text="答复", now=when)
    kong = qinghe.client("kong")
    url = next(one for one in offered(qinghe, "kong", "complaints.complaint", late.pk) if "improvem" in one)
    given = {name: found[0] for name, found in parse_qs(urlsplit(url).query).items()}
    assert (given["indicator"], given["month"]) == ("complaint_reply", "2026-09")
    page = kong.get(f"{A}{url}").content.decode()
    assert 'value="complaint_reply" selected' in page and 'value="2026-09" selected' in page
    data = {**given, "institution": qinghe.lead.pk, "wanted": "90"}
    assert kong.post(f"{A}/improvements/open/", data).status_code == 302
    with inside(qinghe):
        item = Item.objects.get()
        base = item.measures.get()
        assert (base.value, base.numerator, base.denominator, base.computed) == (50, 1, 2, None)
        services.explain(by=qinghe.kong, item=item, cause="夜间无人值守")
        services.act(
            by=qinghe.kong, item=item, title="夜班接投诉", owner=qinghe.lin, now=NOW,
            due_on=date(2026, 11, 20),
        )  # fmt: skip
        services.begin(by=qinghe.kong, item=Item.objects.named().get())
        with pytest.raises(ImprovementRefused, match="month has to be over"):
            item = Item.objects.named().get()
            services.measure(by=qinghe.kong, item=item, month=OCTOBER.next(), now=NOW)
        services.measure(by=qinghe.kong, item=Item.objects.named().get(), month=OCTOBER, now=NOW)
        tasks.answer(by=qinghe.lin, task=Task.objects.named().get(), text="已实施", now=NOW)
        tasks.check(by=qinghe.luo, task=Task.objects.named().get(), accepted=True, now=NOW)
        item = Item.objects.named().get()
        done = services.close(by=qinghe.kong, item=item, conclusion="有效", now=NOW)
        assert done.reached and done.closing.value == 100
    body = kong.get(f"{A}/improvements/{item.pk}/").content.decode()
    assert "1 / 2" in body and late.number in body
    assert f"month=2026-09&amp;institution={qinghe.lead.pk}" in body


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("wrong", ["numerator = 2", "value = 60", "month = '2026-10-01'"])
def test_the_database_counts_the_complaints_of_a_figure_itself(qinghe: World, wrong: str) -> None:
    at = datetime(2026, 9, 8, 2, tzinfo=UTC)
    with inside(qinghe):
        for hours in (2, 30):
            row = filed(qinghe.lead, at)
            handling.answer(by=qinghe.kong, complaint=row, text="答复", now=at + timedelta(hours=hours))
        item = services.open_item(
            by=qinghe.kong, institution=qinghe.lead, indicator="complaint_reply", month=SEPTEMBER,
            title="x", wanted=Decimal(90), source="complaint", now=NOW,
        )  # fmt: skip
        base = item.measures.get()
    column, value = wrong.split(" = ")
    said = {"numerator": "1", "value": "50", "month": "'2026-09-01'", column: value}
    statement = (
        "insert into improvement_measure (alliance_id, item_id, month, baseline, value, numerator, "
        "denominator, definition_digest, taken_by_id, taken_at) select alliance_id, item_id, "
        f"{said['month']}, false, {said['value']}, {said['numerator']}, denominator, "
        "definition_digest, taken_by_id, taken_at from improvement_measure where id = %s"
    )
    refused = pytest.raises(DatabaseError, match="complaints of the month")
    with refused, inside(qinghe), connection.cursor() as cursor:
        cursor.execute(statement, [base.pk])


@time_machine.travel(NOW, tick=False)
def test_from_the_causes_of_a_month_an_item_is_opened_and_both_name_each_other(qinghe: World) -> None:
    with inside(qinghe):
        for _count in range(2):
            filed(qinghe.lead, datetime(2026, 9, 8, 2, tzinfo=UTC))
        number = complaint_origins.month_number(qinghe.lead.pk, SEPTEMBER)
    kong = qinghe.client("kong", HTTP_ACCEPT_LANGUAGE="zh-hans")
    figures = f"{A}/complaints/figures/?month=2026-09&institution={qinghe.lead.pk}"
    assert f"source=cause&amp;source_id={number}" in kong.get(figures).content.decode()
    with override_settings(ROOT_URLCONF="config.alliance_urls"), inside(qinghe):
        found = carrying.find(qinghe.kong, "complaints.month", number)
        assert found is not None and found.indicator == "complaint_rate" and "2" in found.title
        item = services.open_item(
            by=qinghe.kong, institution=qinghe.lead, indicator="complaint_reply", month=SEPTEMBER,
            title=found.title, wanted=Decimal(90), source="cause", source_id=number, now=NOW,
        )  # fmt: skip
        assert carrying.find(qinghe.wu, "complaints.month", number) is None
    assert f"{A}/improvements/{item.pk}/" in kong.get(figures).content.decode()
    assert "complaints/figures/?month=2026-09" in kong.get(f"{A}/improvements/{item.pk}/").content.decode()


@time_machine.travel(NOW, tick=False)
def test_a_late_step_of_the_calendar_leads_to_a_task(qinghe: World) -> None:
    late = datetime(2026, 12, 30, 2, tzinfo=UTC)
    with time_machine.travel(late, tick=False):
        luo = qinghe.client("luo")
        page = luo.get(f"{A}/months/2026-11/calendar/").content.decode()
        number = origins.step_number(OCTOBER.next(), MonthStep.FILES)
        give = f"{A}/tasks/about/performance.monthstep/{number}/"
        assert give in page
        assert luo.post(give, {"title": "催交", "institution": qinghe.lead.pk}).status_code == 302
        with inside(qinghe):
            task = Task.objects.get()
        assert f"{A}/months/2026-11/calendar/" in luo.get(f"{A}/tasks/{task.pk}/").content.decode()
    for wrong in (0, 99, 2026_13_00, 2026_11_99):
        assert qinghe.client("luo").get(f"{A}/tasks/about/performance.monthstep/{wrong}/").status_code == 404
