"""The demonstration's declared values: one missing, one sent back, one corrected, one found wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import override_settings

from alliance.demo import build_alliance
from alliance.models import Team, TeamMember
from alliance.tenancy.scope import act_in
from performance.declared import due
from performance.demonstration import declared, ground, loading, teams
from performance.models import DeclaredNotice, DeclaredProof, DeclaredValue


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
