"""The weights of a draft in the browser: edited row by row, proposed from stored cases, taken over."""

from __future__ import annotations

from decimal import Decimal

from alliance.services import jobs
from grouping.models import SchemeVersion, WeightProposal
from grouping.services import edits, versions
from tests.grouping.scene import HOME, browser, inside, pages, store, text
from tests.world import World


def draft(world: World) -> SchemeVersion:
    with inside(world):
        shipped = SchemeVersion.objects.get(form="shipped")
        return edits.copy(by=world.luo, version=shipped, named="2027")


def weight(world: World, version: SchemeVersion, code: str) -> str:
    with inside(world):
        package = versions.package_of(SchemeVersion.objects.get(pk=version.pk))
        return next(f"{one.weight:f}" for rows in package.drgs.values() for one in rows if one.code == code)


def test_a_weight_and_a_note_are_edited_in_place_beside_the_base(scene: World) -> None:
    version = draft(scene)
    client = browser(scene, "luo")
    at = f"{HOME}/schemes/versions/{version.pk}/weights/?mdc=MDCE"
    page = text(client.get(at))
    assert 'name="weight.ES21" value="0.8460"' in page
    sent = client.post(
        at, {"weight.ES21": "0.9000", "note.ES21": "本地", "weight.ES25": weight(scene, version, "ES25")}
    )
    assert sent.status_code == 302 and weight(scene, version, "ES21") == "0.9000"
    page = text(client.get(at))
    assert "base 0.8460" in page and 'value="本地"' in page
    with inside(scene):
        held = versions.package_of(SchemeVersion.objects.get(form="shipped"))
        assert "0.8460" in {f"{one.weight:f}" for rows in held.drgs.values() for one in rows}


def test_what_was_typed_stays_when_it_is_refused(scene: World) -> None:
    version = draft(scene)
    at = f"{HOME}/schemes/versions/{version.pk}/weights/?mdc=MDCE"
    answer = browser(scene, "luo").post(at, {"weight.ES21": "0,9", "note.ES21": "x"})
    assert answer.status_code == 400
    assert "0,9 is not a weight" in text(answer) and 'value="0,9"' in text(answer)
    assert weight(scene, version, "ES21") == "0.8460"


def test_a_proposal_from_stored_cases_is_taken_over_row_by_row(scene: World) -> None:
    rows = pages(scene, 6)
    store(scene, rows)
    version = draft(scene)
    client = browser(scene, "luo")
    body = {"method": "plain", "first": "2026-10", "last": "2026-10"}
    sent = client.post(f"{HOME}/schemes/versions/{version.pk}/weigh/", body)
    assert "being computed" in text(client.get(sent["Location"]))
    jobs.drain(scene.qinghe)
    ready = client.get(sent["Location"])
    assert ready.status_code == 302
    with inside(scene):
        proposal = WeightProposal.objects.get()
        assert proposal.result is not None and proposal.result["used"] == 6
        (code,) = proposal.result["groups"]
        assert proposal.result["groups"][code]["weight"] == "1.000000"
    at = f"{ready['Location']}&mdc=MDC{code[0]}"
    page = text(client.get(at))
    assert "1.000000" in page and "few cases, uncertain" in page and "1.5 × IQR" in page
    nothing = client.post(at, {"take": "1"})
    assert nothing.status_code == 400 and "Tick at least one group" in text(nothing)
    assert client.post(at, {"take": "1", "group": [code]}).status_code == 302
    assert Decimal(weight(scene, version, code)) == 1


def test_only_a_draft_is_edited_and_only_by_who_may(scene: World) -> None:
    version = draft(scene)
    with inside(scene):
        shipped = SchemeVersion.objects.get(form="shipped")
    for page in ("weights", "weigh"):
        assert browser(scene, "luo").get(f"{HOME}/schemes/versions/{shipped.pk}/{page}/").status_code == 404
        assert browser(scene, "ding").get(f"{HOME}/schemes/versions/{version.pk}/{page}/").status_code == 403
