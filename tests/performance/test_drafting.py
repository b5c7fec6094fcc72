"""A scheme on its way: copied, edited in two tabs, checked, tried, voted on, published."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction

from alliance.approvals import services as approvals
from alliance.lib.period import Month
from alliance.models.base import Stale
from alliance.services import jobs
from performance.drafting import show
from performance.engine import editing
from performance.engine.scheme import Scheme
from performance.engine.templates import shipped_templates
from performance.models import SchemeDraft, SchemeException, SchemeTrial, SchemeVersion
from performance.services import drafts, limits, schemes, trials
from performance.services.refusals import DraftRefused
from tests.performance.scene import answered, compute, inside, post
from tests.world import World

NOW = datetime(2026, 11, 12, 2, tzinfo=UTC)
TODAY, JANUARY = date(2026, 11, 12), date(2027, 1, 1)
AT = "/a/qinghe/performance-schemes/"


def begun(world: World, label: str = "2027-1") -> SchemeDraft:
    base = schemes.in_force(Month(2026, 10))
    assert base is not None
    return drafts.copy(by=world.luo, base=base, label=label, from_date=JANUARY, now=NOW)


def shifted(scheme: Scheme, cmi: int = 15, stay: int = 30) -> Scheme:
    """Points moved from CMI to the stay at the lead hospital."""
    return editing.weigh(scheme, {("lead", "cmi"): Decimal(cmi), ("lead", "mean_stay"): Decimal(stay)})


def changed(world: World, draft: SchemeDraft, scheme: Scheme, version: int | None = None) -> SchemeDraft:
    return drafts.change(by=world.luo, draft=draft, scheme=scheme, now=NOW, version=version)


def test_a_copy_scores_as_its_base_and_touches_nothing(qinghe: World) -> None:
    with inside(qinghe):
        before = SchemeVersion.objects.count()
        draft = begun(qinghe)
        assert draft.scheme().columns == draft.base.scheme().columns
        assert drafts.problems_of(draft) == () and SchemeVersion.objects.count() == before
        with pytest.raises(DraftRefused) as refused:
            begun(qinghe, label=draft.base.version)
        assert refused.value.reason == "label"
        with pytest.raises(PermissionDenied):
            drafts.copy(by=qinghe.cai, base=draft.base, label="x", from_date=JANUARY, now=NOW)


def test_the_same_begun_twice_is_one_draft_and_another_content_of_its_name_is_refused(qinghe: World) -> None:
    with inside(qinghe):
        assert begun(qinghe) == begun(qinghe)
        five = shipped_templates()["member_five"]
        said: Any = {"by": qinghe.luo, "template": five, "label": "1", "now": NOW}
        first = drafts.begin(**said, from_date=JANUARY)
        assert drafts.begin(**said, from_date=JANUARY) == first
        with pytest.raises(DraftRefused) as refused:
            drafts.begin(**said, from_date=date(2027, 2, 1))
        assert refused.value.reason == "drafted"
        drafts.discard(by=qinghe.luo, draft=first)
        assert drafts.begin(**said, from_date=date(2027, 2, 1)) != first


def test_a_draft_says_at_once_what_it_was_begun_from_and_that_its_month_is_posted(qinghe: World) -> None:
    post(qinghe, compute(qinghe))
    with inside(qinghe):
        early, late = (
            drafts.begin(by=qinghe.luo, template=shipped_templates()["member_five"], label=label,
                         from_date=day, now=NOW)
            for label, day in (("1", date(2026, 10, 1)), ("2", date(2026, 11, 1)))
        )  # fmt: skip
    page = get(qinghe, "luo", f"{AT}drafts/{early.pk}/")
    assert (
        "由现成模板起草" in page and "None" not in page and "2026年10月已按现行方案" in page.replace(" ", "")
    )
    assert "已按现行方案" not in get(qinghe, "luo", f"{AT}drafts/{late.pk}/")


def test_n34_of_two_tabs_the_later_hears_of_it(qinghe: World) -> None:
    with inside(qinghe):
        draft = begun(qinghe)
        first = changed(qinghe, draft, shifted(draft.scheme()), version=1)
        assert first.version == 2
        with pytest.raises(Stale):
            changed(qinghe, draft, shifted(draft.scheme(), 20, 25), version=1)
        with pytest.raises(Stale):
            changed(qinghe, first, shifted(draft.scheme(), 20, 25), version=1)
        assert changed(qinghe, first, shifted(draft.scheme()), version=2).version == 2  # the same again


def test_a_faulty_draft_is_kept_but_not_voted_on(qinghe: World) -> None:
    compute(qinghe)
    with inside(qinghe):
        draft = begun(qinghe)
        draft = changed(qinghe, draft, shifted(draft.scheme(), 10, 30))
        assert [one.code for one in drafts.problems_of(draft)] == ["weights_not_100"]
        with pytest.raises(DraftRefused) as refused:
            drafts.propose(by=qinghe.luo, draft=draft, chain="two_people", today=TODAY)
        assert refused.value.reason == "faults"
        with pytest.raises(DraftRefused):
            trials.report(by=qinghe.luo, draft=draft, now=NOW)


def test_no_vote_without_a_trial_of_exactly_this_content(qinghe: World) -> None:
    compute(qinghe)
    with inside(qinghe):
        draft = begun(qinghe)
        with pytest.raises(DraftRefused) as refused:
            drafts.propose(by=qinghe.luo, draft=draft, chain="two_people", today=TODAY)
        assert refused.value.reason == "alike"
        draft = changed(qinghe, draft, shifted(draft.scheme()))
        trials.report(by=qinghe.luo, draft=draft, now=NOW)
        draft = changed(qinghe, draft, shifted(draft.scheme(), 20, 25))
        with pytest.raises(DraftRefused) as refused:
            drafts.propose(by=qinghe.luo, draft=draft, chain="two_people", today=TODAY)
        assert refused.value.reason == "untried"


def test_a_trial_moves_money_between_institutions_and_enters_nothing(qinghe: World) -> None:
    run = compute(qinghe)
    with inside(qinghe):
        draft = begun(qinghe)
        draft = changed(qinghe, draft, shifted(draft.scheme()))
        trial = trials.report(by=qinghe.luo, draft=draft, now=NOW)
        (found,) = trials.simulations(trial)
        assert found.month == Month(2026, 10) and sum(shift.fen for shift in found.shifts) == 0
        assert {shift.fen_before for shift in found.shifts} == {
            line.fen for line in run.settlement.values().lines
        }
        lead = next(shift for shift in found.shifts if shift.institution == "QH01")
        assert {one.indicator for one in lead.through} <= {"cmi", "mean_stay"} and lead.through
        run.refresh_from_db()
        assert run.state == "computed"


def test_a_trial_says_how_much_of_each_column_had_data(qinghe: World) -> None:
    compute(qinghe)
    with inside(qinghe):
        draft = drafts.begin(
            by=qinghe.luo, template=shipped_templates()["member_five"], label="1", from_date=JANUARY, now=NOW
        )
        trial = trials.report(by=qinghe.luo, draft=draft, now=NOW)
        (found,) = trials.simulations(trial)
        scheme = draft.scheme()
        assert all(shift.assessed is not None and 0 <= shift.assessed <= 100 for shift in found.shifts)
        for shift in found.shifts:
            (column,) = (one for one in scheme.columns if one.code == shift.column)
            moved = {one.indicator for one in shift.through if one.after}
            weighed = sum(one.weight for one in column.items if one.indicator in moved)
            assert shift.assessed >= weighed  # what gives points had data
        thin = [one for one in show.coverage([found], scheme) if one.thin]
        assert thin and all(one.least <= one.mean <= one.most < 100 for one in thin)
        old = replace(found, shifts=tuple(replace(shift, assessed=None) for shift in found.shifts))
        assert show.coverage([old], scheme) == []  # a report from before it was kept says nothing
    page = get(qinghe, "luo", f"{AT}trials/{trial.pk}/")
    assert "有数据的权重" in page and page.count("不能看作该方案的效果") == len(thin)


def test_a_new_indicator_is_tried_with_what_the_records_say_today(qinghe: World) -> None:
    compute(qinghe)
    with inside(qinghe):
        draft = begun(qinghe)
        scheme = editing.weigh(draft.scheme(), {("lead", "cmi"): Decimal(25)})
        known = schemes.known_indicators()["referral_answered"]
        item = replace(
            next(one for one in scheme.columns[0].items if one.indicator == "accepted_in_time"),
            indicator="referral_answered", weight=Decimal(5), form=editing.first_form(known, scheme),
            minimum_n=0,
        )  # fmt: skip
        draft = changed(qinghe, draft, editing.add(scheme, "lead", item))
        assert [one.code for one in drafts.problems_of(draft)] in ([], ["block_weight"])
        if drafts.problems_of(draft):
            return
        (found,) = trials.simulations(trials.report(by=qinghe.luo, draft=draft, now=NOW))
        assert "referral_answered" in {one.indicator for shift in found.shifts for one in shift.through}


def test_little_data_needs_two_people_before_a_vote(qinghe: World) -> None:
    compute(qinghe)
    five = shipped_templates()["member_five"]
    with inside(qinghe):
        said: Any = {"by": qinghe.luo, "template": five, "label": "1", "now": NOW}
        draft = drafts.begin(**said, from_date=JANUARY)
        trial = trials.report(by=qinghe.luo, draft=draft, now=NOW)
        asked: Any = {"by": qinghe.luo, "draft": draft, "chain": "two_people", "today": TODAY}
        with pytest.raises(DraftRefused) as refused:
            drafts.propose(**asked)
        assert refused.value.reason == "thin" and "50" in str(refused.value.params["least"])
    at, luo, meng = f"{AT}drafts/{draft.pk}/", qinghe.client("luo"), qinghe.client("meng")
    assert luo.post(f"{at}exception/", {"reason": " "}).status_code == 400
    assert luo.post(f"{at}exception/", {"reason": "基层数据下月补齐"}).status_code == 302
    assert luo.post(f"{at}exception/", {"reason": "再签"}).status_code == 400
    with inside(qinghe):
        signed = SchemeException.objects.get(trial=trial)
        with pytest.raises(DraftRefused):
            drafts.propose(**asked)  # one person is not enough
        with pytest.raises(DatabaseError), transaction.atomic():
            SchemeException.objects.filter(pk=signed.pk).update(
                confirmed_by=signed.signed_by, confirmed_at=NOW
            )
    confirm = f"{at}exception/{signed.pk}/confirm/"
    assert luo.post(confirm).status_code == 400 and "基层数据下月补齐" in get(qinghe, "meng", at)
    assert meng.post(confirm).status_code == 302 and meng.post(confirm).status_code == 400
    with inside(qinghe):
        draft.refresh_from_db()
        drafts.propose(**asked | {"draft": draft})
    # Old tabs of a draft before the deciders hear so, whatever they send.
    for word in ("discard", "propose", "try", "exception", "evaluators"):
        late = luo.post(f"{at}{word}/?version=1", {"chain": "two_people"})
        assert late.status_code == 409 and "不能再修改" in late.content.decode(), word


def test_evaluators_are_weighed_beside_the_indicators(qinghe: World) -> None:
    compute(qinghe)
    five = shipped_templates()["member_five"]
    with inside(qinghe):
        draft = drafts.begin(by=qinghe.luo, template=five, label="1", from_date=JANUARY, now=NOW)
        trials.report(by=qinghe.luo, draft=draft, now=NOW)
        before = draft.digest
    at, luo = f"{AT}drafts/{draft.pk}/evaluators/", qinghe.client("luo")
    held = {kind: str(weight) for kind, weight in five.evaluators.weights.items()}
    assert f'value="{held["peer"]}"' in get(qinghe, "luo", at)
    # Members rate each other with 20 to 30, patients with 10 at least, all make 100: told while it is typed.
    wrong = {**held, "peer": "35", "patient": "5"}
    told = luo.post(f"{at}?check", wrong, headers={"HX-Request": "true"}).content.decode()
    assert "35" in told and "20–30" in told and "<html" not in told
    assert luo.post(f"{at}?version=1", {**held, "peer": "很多"}).status_code == 400
    moved = {**held, "peer": "２０", "internal": str(Decimal(held["internal"]) + Decimal(held["peer"]) - 20)}
    assert luo.post(f"{at}?version=1", moved).status_code == 302
    assert luo.post(f"{at}?version=1", moved).status_code == 409  # the other tab
    with inside(qinghe):
        draft.refresh_from_db()
        assert draft.judges().peer == 20 and draft.digest != before  # type: ignore[union-attr]
        with pytest.raises(DraftRefused) as refused:
            drafts.propose(by=qinghe.luo, draft=draft, chain="two_people", today=TODAY)
        assert refused.value.reason == "untried"  # a trial of other evaluators does not count
        assert trials.report(by=qinghe.luo, draft=draft, now=NOW).digest == draft.digest
        version = schemes.in_force(Month(2026, 10))
    page = get(qinghe, "luo", f"{AT}difference/?old=version-{version.pk}&new=draft-{draft.pk}")  # type: ignore[union-attr]
    assert "评价主体" in page and "成员单位互评" in page


def voted(world: World, verdict: str = "yes") -> SchemeDraft:
    """Proposed by Luo, decided by Cai."""
    draft = begun(world)
    draft = changed(world, draft, shifted(draft.scheme()))
    trials.report(by=world.luo, draft=draft, now=NOW)
    answered(world, draft)
    approval = drafts.propose(by=world.luo, draft=draft, chain="two_people", today=TODAY)
    approvals.decide(by=world.cai, approval=approval, verdict=verdict, note="已阅")
    draft.refresh_from_db()
    return draft


def test_a_yes_publishes_and_the_month_after_is_scored_by_it(qinghe: World) -> None:
    compute(qinghe)
    with inside(qinghe):
        draft = voted(qinghe)
        assert (draft.state, draft.published.version) == ("published", "2027-1")
        assert draft.published.decided_by and draft.published.scheme().columns == draft.scheme().columns
        assert schemes.in_force(Month(2026, 12)).version != "2027-1"
        assert schemes.in_force(Month(2027, 1)) == draft.published


def test_a_no_gives_the_draft_back(qinghe: World) -> None:
    compute(qinghe)
    with inside(qinghe):
        draft = voted(qinghe, "no")
        assert (draft.state, draft.published) == ("edited", None)
        assert changed(qinghe, draft, shifted(draft.scheme(), 25, 20)).state == "edited"


def test_the_database_refuses_a_published_draft_without_its_version(qinghe: World) -> None:
    with inside(qinghe):
        draft = begun(qinghe)
        for change in ({"state": "published"}, {"state": "proposed"}):
            with pytest.raises((IntegrityError, Exception)), transaction.atomic():
                SchemeDraft.objects.filter(pk=draft.pk).update(**change)
        draft.refresh_from_db()
        assert draft.state == "edited"


# ---- pages -------------------------------------------------------------------------------------------------


def draft_of(world: World) -> SchemeDraft:
    with inside(world):
        return begun(world)


def get(world: World, who: str, path: str, status: int = 200) -> str:
    answer = world.client(who).get(path)
    assert answer.status_code == status, path
    return str(answer.content.decode())


def weights(draft: SchemeDraft, **change: str) -> dict[str, str]:
    """What the table posts; `change` by indicator of the lead's column."""
    found = {
        f"weight.{column.code}.{item.indicator}": str(item.weight)
        for column in draft.scheme().columns
        for item in column.items
    }
    return found | {f"weight.lead.{code}": text for code, text in change.items()}


def test_everybody_reads_versions_and_only_the_alliance_drafts(qinghe: World) -> None:
    draft = draft_of(qinghe)
    page = get(qinghe, "lin", AT)
    assert "2026-1" in page and "2027-1" not in page
    with inside(qinghe):
        version = schemes.in_force(Month(2026, 10))
    assert "牵头医院" in get(qinghe, "lin", f"{AT}versions/{version.pk}/")  # type: ignore[union-attr]
    get(qinghe, "lin", f"{AT}drafts/{draft.pk}/", 403)
    assert "2027-1" in get(qinghe, "luo", AT)


def test_weights_typed_are_kept_or_said_to_be_none(qinghe: World) -> None:
    draft, luo = draft_of(qinghe), qinghe.client("luo")
    at = f"{AT}drafts/{draft.pk}/weights/?version=1"
    for text in ("十五", "1e1", "-1", "100.5"):
        wrong = luo.post(at, weights(draft, cmi=text))
        assert wrong.status_code == 400 and text in wrong.content.decode()
    assert luo.post(at, weights(draft, cmi="１５", mean_stay="30")).status_code == 302
    late = luo.post(at, weights(draft, cmi="20", mean_stay="25"))
    page = late.content.decode()
    assert late.status_code == 409 and "15" in page and "20" in page
    assert "15" in get(qinghe, "luo", f"{AT}drafts/{draft.pk}/")


def test_rules_answer_while_typing_and_store_nothing(qinghe: World) -> None:
    draft, luo = draft_of(qinghe), qinghe.client("luo")
    at = f"{AT}drafts/{draft.pk}/weights/?check"
    page = luo.post(at, weights(draft, cmi="10"), headers={"HX-Request": "true"}).content.decode()
    assert "80" in page and "<html" not in page
    with inside(qinghe):
        assert SchemeDraft.objects.get(pk=draft.pk).version == 1


def test_a_form_of_scoring_is_changed_on_its_page(qinghe: World) -> None:
    draft, luo = draft_of(qinghe), qinghe.client("luo")
    at = f"{AT}drafts/{draft.pk}/items/lead/cmi/"
    page = get(qinghe, "luo", at)
    assert 'data-kinds="mean own_last"' in page and 'value="outcome"' in page
    body = {
        "weight": "30", "dimension": "quality", "kind": "steps", "tags": ["outcome", "value"],
        "steps": "0.9 = 60\n1.1＝100",
    }  # fmt: skip
    missing = luo.post(f"{at}?version=1", {**body, "steps": "0.9"})
    assert missing.status_code == 400 and "0.9" in missing.content.decode()
    assert luo.post(f"{at}?version=1", body).status_code == 302
    with inside(qinghe):
        item = next(
            one
            for one in SchemeDraft.objects.get(pk=draft.pk).scheme().columns[0].items
            if one.indicator == "cmi"
        )
    assert item.tags == ("outcome", "value")
    assert item.form.kind == "steps" and [plain(step) for step in item.form.steps] == [
        ("0.9", "60"),
        ("1.1", "100"),
    ]
    assert luo.post(f"{AT}drafts/{draft.pk}/items/lead/cmi/out/?version=2").status_code == 302


WRONG = ("0.5 = 200", "0.5 = -1", "1e308 = 100", "NaN = 1", "0.5 = 80\n0.9 = 60")


def test_points_of_a_step_lie_between_0_and_100_and_rise_with_the_value(qinghe: World) -> None:
    draft, luo = draft_of(qinghe), qinghe.client("luo")
    at = f"{AT}drafts/{draft.pk}/items/lead/cmi/?version=1"
    for steps in WRONG:
        body = {"weight": "30", "dimension": "quality", "kind": "steps", "steps": steps}
        assert luo.post(at, body).status_code == 400, steps
    mean = {"kind": "mean", "mode": "pp", "score_at_mean": "80", "slope": "-1"}
    wrong = luo.post(at, {"weight": "30", "dimension": "quality", **mean})
    assert wrong.status_code == 400  # a better value would cost points
    assert luo.post(at, {"weight": "30", "dimension": "quality", **mean, "slope": "2"}).status_code == 302


def test_the_editor_shows_what_is_decided_what_had_data_and_who_weighs_more(qinghe: World) -> None:
    compute(qinghe)
    draft = draft_of(qinghe)
    at = f"{AT}drafts/{draft.pk}/"
    page = get(qinghe, "luo", at)
    assert "要求 40" in page and "1 / 1" in page and "2026年10月" in page
    assert f"{at}items/lead/cmi/" in page and re.search(r"共 \d+ 条规则，\d+ 条通过", page)
    with inside(qinghe):
        scheme = SchemeDraft.objects.get(pk=draft.pk).scheme()
        bare = replace(
            scheme, floors=(),
            columns=tuple(
                replace(one, blocks=(), items=tuple(replace(item, tags=()) for item in one.items))
                for one in scheme.columns
            ),
        )  # fmt: skip
        busy = replace(
            bare,
            columns=tuple(
                replace(one, items=tuple(replace(item, tags=("process", "quantity")) for item in one.items))
                for one in bare.columns
            ),
        )
        assert "no_quality" in {one.code for one in limits.misses_of(draft, bare)}
        told = show.checks(busy)
        assert sum(one.state == "info" for one in told) == 2 and "100 : 0" in told[-1].why


def test_patients_evaluation_holds_satisfaction_and_what_became_of_them(qinghe: World) -> None:
    """S3-26: a scheme that only asks how satisfied patients are misses it, and so does the reverse."""
    with inside(qinghe):
        for code in ("member_five", "alliance_three", "family_doctor_three", "family_doctor_shanghai"):
            found = shipped_templates()[code]
            draft = drafts.begin(
                by=qinghe.luo, template=found, label=f"p-{code}"[:20], from_date=date(2027, 1, 1), now=NOW
            )
            assert limits.misses(draft) == ()
            told = [one.why for one in show.checks_of(draft, draft.scheme()) if "满意度调查" in one.what]
            assert len(told) == 1 and "+" in told[0]
            held = limits.in_force(draft.from_date)
            for dropped, code_of in ((held.tracking, "patient_tracking"), (held.surveys, "patient_survey")):
                column = draft.scheme().columns[0]
                kept = tuple(one for one in column.items if one.indicator not in dropped)
                less = replace(
                    draft.scheme(), columns=(replace(column, items=kept), *draft.scheme().columns[1:])
                )
                missed = [one for one in limits.misses_of(draft, less) if one.code == code_of]
                assert [(one.column, one.found, one.required) for one in missed] == [(column.code, "0", "1")]
                said = [one.what for one in show.checks_of(draft, less)]
                assert any("健康结局追踪指标" in one or "满意度问卷指标" in one for one in said)


def plain(step: Any) -> tuple[str, str]:
    return str(step.at), str(step.points)


def test_from_copy_to_published_through_the_pages(qinghe: World) -> None:
    compute(qinghe)
    luo, cai = qinghe.client("luo"), qinghe.client("cai")
    with inside(qinghe):
        base = schemes.in_force(Month(2026, 10))
    made = luo.post(f"{AT}versions/{base.pk}/draft/", {"label": "2027-2", "month": "2027-01"})  # type: ignore[union-attr]
    draft = named_draft(qinghe, "2027-2")
    assert made.headers["Location"].endswith(f"drafts/{draft.pk}/")
    at = f"{AT}drafts/{draft.pk}/"
    assert luo.post(f"{at}weights/?version=1", weights(draft, cmi="15", mean_stay="30")).status_code == 302
    assert "县人民医院" in get(qinghe, "luo", f"{at}effect/")
    going = luo.post(f"{at}try/")
    assert going.status_code == 302
    jobs.drain(qinghe.qinghe)
    get(qinghe, "luo", going.headers["Location"])
    with inside(qinghe):
        trial = SchemeTrial.objects.get(draft=draft.pk)
    assert "2026年10月" in get(qinghe, "luo", f"{AT}trials/{trial.pk}/")
    with inside(qinghe):
        answered(qinghe, SchemeDraft.objects.get(pk=draft.pk))
    assert luo.post(f"{at}propose/?version=2", {"chain": "two_people"}).status_code == 302
    page = get(qinghe, "cai", at)
    (address,) = set(re.findall(r"/approvals/(\d+)/", page))
    sheet = get(qinghe, "cai", f"/a/qinghe/approvals/{address}/")
    assert "2027-2" in sheet and "30 → 15" in sheet and "2026年10月" in sheet
    assert (
        cai.post(f"/a/qinghe/approvals/{address}/decide/", {"verdict": "yes", "step": 1}).status_code == 302
    )
    assert named_draft(qinghe, "2027-2").state == "published"
    assert "2027-2" in get(qinghe, "lin", AT)
    old, new = f"version-{base.pk}", f"draft-{draft.pk}"  # type: ignore[union-attr]
    assert "15" in get(qinghe, "luo", f"{AT}difference/?old={old}&new={new}")
    get(qinghe, "lin", f"{AT}difference/?old={old}&new={new}", 404)


def named_draft(world: World, label: str) -> SchemeDraft:
    with inside(world):
        found: SchemeDraft = SchemeDraft.objects.get(label=label)
        return found
