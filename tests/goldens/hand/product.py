"""The hand-worked month through the product: files delivered, referrals answered at their times."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction

from alliance.approvals import services as approvals
from alliance.lib.identity import id_check_character
from alliance.lib.period import Month
from alliance.models import Alliance, Institution
from alliance.services import alliances, jobs, people
from alliance.tenancy.scope import act_in
from grouping.services import declarations, intake, publishing
from grouping.services import schemes as grouping_schemes
from performance.engine.scheme import read_scheme
from performance.models import MonthRun
from performance.services import approving, bases, months, pools, schemes
from referrals import services as referrals
from tests.goldens.hand.golden import FOLDER, GIVEN, MONTH, read
from tests.world import member

TODAY = date(2026, 11, 10)
NOW = datetime(2026, 11, 10, 9, tzinfo=UTC)
STAFF = ("clinician", "data_steward")


class Office:
    """The alliance of the hand-worked month with its people; every method opens the alliance itself."""

    def __init__(self) -> None:
        self.alliance: Alliance = alliances.found(
            code="hand", name="手工验算医共体", kind="county", word="医共体", calendar_since=2025
        )
        with self.inside():
            self.places = {one["code"]: _place(one) for one in GIVEN["members"]}
            self.staff = {
                code: member(f"at-{code}", code, place, *STAFF) for code, place in self.places.items()
            }
            self.luo = member("luo-hand", "罗晓岚", None, "performance_office", "data_steward")
            self.cai = member("cai-hand", "蔡知新", None, "finance")
            grouping_schemes.adopt_shipped(by=self.luo, code="xietong_demo", from_date=date(2020, 1, 1))
            schemes.adopt(
                by=self.luo, scheme=read_scheme((FOLDER / "scheme.toml").read_text(encoding="utf-8"))
            )

    @contextmanager
    def inside(self) -> Iterator[None]:
        with act_in(self.alliance), transaction.atomic():
            yield

    def decide_money(self) -> None:
        """Bases and pool as month.toml has them; the pool is confirmed by a second person."""
        with self.inside():
            for one in GIVEN["members"]:
                basis = one["basis"]
                start = Month.of(date.fromisoformat(basis["effective_from"]))
                bases.set_basis(
                    by=self.luo, institution=self.places[one["code"]], fen=basis["fen"], from_month=start,
                    source=basis["source"],
                )  # fmt: skip
            pool = pools.enter_pool(
                by=self.luo, month=MONTH, fen=GIVEN["pool"]["fen"], source_kind="pay_total",
                source=GIVEN["pool"]["source"],
            )  # fmt: skip
            pools.confirm_pool(by=self.cai, pool=pool, now=NOW)

    def deliver(self) -> None:
        """The three case files, as each institution's steward delivers them, and what they declared."""
        for code in self.places:
            content = (FOLDER / f"hqms_{code}_202610.csv").read_bytes()
            with self.inside():
                file, _made = intake.receive_file(
                    by=self.staff[code], name=f"{code}.csv", content=[content], today=TODAY
                )
            self.drain()
            with self.inside():
                publishing.publish_by_id(by=self.staff[code], file_id=file.pk)
            self.drain()

    def declare(self) -> None:
        """Discharges of the month, and last year's totals where there are any."""
        expected = read("expected.toml")["facts"]
        with self.inside():
            for code, place in self.places.items():
                declarations.declare(
                    by=self.luo, institution=place, month=MONTH, discharges=expected[code]["discharges"],
                    total_fen=expected[code]["cost_fen"],
                )  # fmt: skip
            for one in GIVEN["declared"]:
                declarations.state_total(
                    by=self.luo, institution=self.places[one["institution"]], month=Month.parse(one["month"]),
                    discharges=one["discharges"], total_fen=one["cost_fen"], source="统计年报",
                    on=date(2026, 2, 1),
                )  # fmt: skip

    def refer(self) -> None:
        """The ten referrals, each step at its time by the one whose step it is."""
        for one in sorted(GIVEN["referrals"], key=lambda one: one["logged"]):
            with self.inside():
                self._refer(int(one.get("patient", one["number"])[1:]), one)

    def _refer(self, serial: int, one: dict[str, Any]) -> None:
        sender, receiver = self.staff[one["origin"]], self.staff[one["target"]]
        person = people.find_or_create(by=sender, name=f"示例{serial}", id_number=_number(serial))
        content = referrals.Content(
            direction=one["direction"], urgency=one["urgency"], target_institution=self.places[one["target"]],
            reason={"up": "difficult", "down": "long_term"}[one["direction"]], diagnosis_code="I50.900",
            diagnosis_name="心力衰竭", summary="病史摘要", consent=True,
        )  # fmt: skip
        referral = referrals.log_referral(by=sender, person=person, content=content, now=one["logged"])
        if one["answer"] == "declined":
            referrals.decline(by=receiver, referral=referral, now=one["answered"], reason=_decline())
            return
        referral = referrals.accept(by=receiver, referral=referral, now=one["answered"])
        referral = referrals.arrive(by=receiver, referral=referral, now=one["arrived"])
        if "treated" in one:
            referrals.treat(by=receiver, referral=referral, now=one["treated"])
        if "replied" in one:
            referrals.complete(
                by=receiver, referral=referral, now=one["replied"], reply="未收治", treated=False
            )

    def prepare(self) -> None:
        """Everything that happens before the month is computed."""
        self.decide_money()
        self.deliver()
        self.declare()
        self.refer()

    def compute(self) -> MonthRun:
        """Start a run, work it off, return it as it is then."""
        with self.inside():
            run = months.enqueue_run(by=self.luo, month=MONTH)
        self.drain()
        with self.inside():
            return MonthRun.objects.select_related("settlement").get(pk=run.pk)

    def post(self, run: MonthRun) -> MonthRun:
        """Luo proposes, Cai agrees: the month is in the books."""
        with self.inside():
            approval = approving.propose(by=self.luo, run=run, today=TODAY)
            approvals.decide(by=self.cai, approval=approval, verdict="yes")
            return MonthRun.objects.select_related("settlement", "journal").get(pk=run.pk)

    def drain(self) -> list[Any]:
        return jobs.drain(self.alliance)


def _place(one: dict[str, Any]) -> Institution:
    named = {
        key: one[key]
        for key in ("code", "organisation", "name", "level", "kind", "role", "served_population")
    }
    return Institution.objects.create(short_name=one["name"], **named)


def _number(serial: int) -> str:
    """A well-formed ID number of nobody: the region does not exist."""
    first = f"99000019590312{serial:02d}1"
    return first + id_check_character(first)


def _decline() -> str:
    from referrals import reasons

    return next(code for code, reason in reasons.lists()["decline"].items() if not reason.needs_text)
