"""From what was noticed to a task or an improvement item, and back: portrait, complaint, late step."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import time_machine
from django.test import override_settings

from alliance.web import carrying
from performance import origins
from performance.improvement.models import Item
from performance.meetings.models import Task
from performance.models import MonthStep
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
