"""The demonstration's declared values: one missing, one sent back, one corrected, one found wrong."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import timezone

from alliance.demo import build_alliance
from alliance.models import Team, TeamMember
from alliance.services.files import Upload
from alliance.tenancy.scope import act_in
from performance.declared import due
from performance.declared.services.proving import keep
from performance.demonstration import declared, ground, loading, teams
from performance.demonstration.deliveries import drain
from performance.engine.templates import shipped_templates
from performance.entitlement import subjects
from performance.entitlement.services import sheets
from performance.levels import services as levels
from performance.models import DeclaredNotice, DeclaredProof, DeclaredValue
from performance.services import schemes


@pytest.mark.slow
def test_a_county_declares_and_is_checked(db: None, tmp_path: Path) -> None:
    base = ground.load(build_alliance("lanchuan"), "!")
    with override_settings(MEDIA_ROOT=tmp_path):
        said = declared.load(base, loading.TODAY)
    assert said.endswith("one notice after the cross-check")
    with act_in(base.alliance):
        owed = due.owed(declared.MONTH)
        assert {one.standing for one in owed} == {"confirmed", "missing"}
        missing = [one for one in due.by_place(owed) if one.missing]
        assert len(missing) == 1 and missing[0].missing == 2
        states = set(DeclaredValue.objects.values_list("state", flat=True))
        assert states == {"confirmed", "superseded", "returned", "submitted"}
        assert DeclaredNotice.objects.count() == 1 and DeclaredProof.objects.exists()
        proved = DeclaredValue.objects.filter(needs_proof=True)
        assert proved.exists() and not proved.filter(proofs=0).exists()
    # Two teams a township, each led by somebody, their numbers confirmed by a second person.
    said = teams.load(base)
    with act_in(base.alliance):
        registered = list(Team.objects.select_related("institution"))
        assert said.startswith(f"{len(registered)} teams with ") and len(registered) > 3
        assert {one.institution.level for one in registered} == {"primary"}
        led = TeamMember.objects.filter(leads=True, to_date=None).values_list("team", flat=True)
        assert set(led) == {one.pk for one in registered}
        assert TeamMember.objects.filter(role="expert", home__role="lead").exists()
        assert set(DeclaredValue.objects.filter(level="team").values_list("state", flat=True)) == {
            "confirmed"
        }
        schemes.adopt(
            by=None, scheme=(found := shipped_templates()["family_doctor_three"]).scheme, level="team",
            evaluators=found.evaluators,
        )  # fmt: skip
        levels.enqueue(by=base.office[0], month=teams.MONTH, level="team")
    drain(base)
    # Every team has a score in each dimension, so that the sheet of four-part pay can be worked out.
    with override_settings(MEDIA_ROOT=tmp_path), act_in(base.alliance):
        known = subjects.of("four_part", teams.MONTH)
        assert {frozenset(one.scores) for one in known} == {frozenset({"process", "outcome", "drg"})}
        assert len({one.scores["drg"] for one in known}) > len(known) // 4
        rows = {one.key: {"pay_fen": 3_000_000, "posts": Decimal(3)} for one in known}
        upload = Upload("x.pdf", [b"%PDF-1.4"], "application/pdf", 99)
        [scan] = keep(by=base.office[0], place=None, uploads=[upload])
        sheet = sheets.enter(
            by=base.office[0], kind="four_part", month=teams.MONTH, head={}, rows=rows,
            document="会〔2026〕1号", body="管理委员会", scan=scan, now=timezone.now(),
        )  # fmt: skip
        known_why = {"over_why": "本测试不入账资金"}  # no account of this county holds anything yet
        confirmed = sheets.confirm(by=base.office[1], sheet=sheet, now=timezone.now(), **known_why)
        assert confirmed.fen == sheet.fen > 0
