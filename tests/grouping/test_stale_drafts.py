"""Two tabs on one draft: the second is told what the first changed, and keeps what was typed (N34)."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from grouping.disputes import panel
from grouping.disputes import services as disputes
from grouping.models import Dispute, Source, SourceVersion, TariffSheet
from grouping.services import sources
from tests.engines.readers.sources import SOURCES
from tests.grouping.scene import HOME, browser, inside, text
from tests.grouping.test_disputes import LIST, filed
from tests.grouping.test_disputes import NOW as FILED
from tests.grouping.test_sources import OWN, _inputs, source, standard
from tests.grouping.test_tariffs import START
from tests.grouping.test_weighing import draft, weight
from tests.world import World, member


def hidden(page: str) -> dict[str, str]:
    """What the page says it was read at."""
    tag = re.search(r'<input type="hidden" name="read_at"[^>]*>', page)
    assert tag is not None
    value = re.search(r'value="([^"]*)"', tag[0])
    return {"read_at": unescape(value[1]) if value else ""}


def value_of(page: str, name: str) -> str:
    """What stands in a field."""
    tag = re.search(rf'<input[^>]*name="{re.escape(name)}"[^>]*>', page)
    assert tag is not None, name
    value = re.search(r'value="([^"]*)"', tag[0])
    return unescape(value[1]) if value else ""


def test_weights_of_a_draft_are_not_stored_over_those_of_another_tab(scene: World) -> None:
    version = draft(scene)
    client, other = browser(scene, "luo"), browser(scene, "meng")
    at = f"{HOME}/schemes/versions/{version.pk}/weights/?mdc=MDCE"
    opened = text(client.get(at))
    old = {"weight.ES21": "0.8460", "weight.ES25": weight(scene, version, "ES25")} | hidden(opened)
    assert other.post(at, {**old, "weight.ES21": "0.9000"}).status_code == 302
    answer = client.post(at, {**old, "weight.ES25": "0.7000"})
    page = text(answer)
    assert answer.status_code == 409 and "Nothing of yours was stored" in page
    assert "ES21 weight: 0.8460 → 0.9000" in page
    assert weight(scene, version, "ES21") == "0.9000" and weight(scene, version, "ES25") != "0.7000"
    # What was typed stands; what was left alone follows the other one.
    assert value_of(page, "weight.ES25") == "0.7000" and value_of(page, "weight.ES21") == "0.9000"
    again = {"weight.ES21": "0.9000", "weight.ES25": "0.7000"} | hidden(page)
    assert client.post(at, again).status_code == 302
    assert (weight(scene, version, "ES21"), weight(scene, version, "ES25")) == ("0.9000", "0.7000")


def test_rates_and_coefficients_are_not_kept_over_those_of_another_tab(scene: World) -> None:
    client, other = browser(scene, "luo"), browser(scene, "meng")
    for kind in ("rate", "coefficient"):
        body = {"from_date": str(START), "decided_by": "医保局", "value-0": "1.05", "value-1": "1.10"}
        at = client.post(f"{HOME}/tariffs/new/{kind}/", body)["Location"] + "edit/"
        read = body | hidden(text(client.get(at)))
        first, second = value_of(text(client.get(at)), "value-0"), value_of(text(client.get(at)), "value-1")
        read |= {"value-0": first, "value-1": second}
        assert other.post(at, {**read, "value-0": "1.20"}).status_code == 302
        answer = client.post(at, {**read, "value-1": "1.30", "decided_by": "理事会"})
        page = text(answer)
        assert answer.status_code == 409 and "Nothing of yours was stored" in page
        assert f"{first} → 1.20" in page
        with inside(scene):
            sheet = TariffSheet.objects.get(kind=kind)
            assert sheet.decided_by == "医保局"
        assert (value_of(page, "value-0"), value_of(page, "value-1")) == ("1.20", "1.30")
        assert value_of(page, "decided_by") == "理事会"
        again = {"from_date": str(START), "decided_by": "理事会", "value-0": "1.20", "value-1": "1.30"}
        assert client.post(at, again | hidden(page)).status_code == 302


def mapping_page(world: World, made: Source, client: Any) -> tuple[str, str]:
    """A file of the source being mapped: where, and the page."""
    upload = SimpleUploadedFile("own.csv", SOURCES["mapped"].write(standard(world, 2)).encode())
    at = client.post(f"{HOME}/sources/{made.pk}/sample/", {"file": upload})["Location"]
    return at, text(client.get(at))


def versions(world: World) -> list[int]:
    with inside(world):
        return list(SourceVersion.objects.order_by("number").values_list("number", flat=True))


def test_a_mapping_kept_unchanged_makes_no_version_and_a_stale_one_is_refused(scene: World) -> None:
    made = source(scene, "mapped", organisations={"H32059900001": scene.lead.organisation}, mapping=OWN)
    client, other = browser(scene, "lin"), browser(scene, "luo")
    at, page = mapping_page(scene, made, client)
    settings = {"edition": "insurance", "from_date": "2026-11-03", "organisations": "H32059900001 = QH01"}
    # The page proposes the words of the file; once they are kept, the same page says nothing new.
    assert client.post(at, _inputs(page) | settings | hidden(page) | {"do": "keep"}).status_code == 302
    at, page = mapping_page(scene, made, client)
    read = _inputs(page) | settings | hidden(page)
    same = client.post(at, {**read, "do": "keep"}, follow=True)
    assert "Nothing is new: version 2 stands." in text(same) and versions(scene) == [1, 2]
    clinical = {**read, "edition": "clinical"}
    assert other.post(at, {**clinical, "do": "keep"}).status_code == 302
    heading = next(name for name, value in read.items() if name.endswith("_target") and "C04N" in value)
    answer = client.post(at, {**read, heading: "", "note": "不读名称", "do": "keep"})
    page = text(answer)
    assert answer.status_code == 409 and versions(scene) == [1, 2, 3]
    said = page.split('id="moved"')[1].split("</ul>")[0]
    assert "insurance edition 医保版 → clinical edition 国家临床版" in said and "version: 2 → 3 (" in said, (
        said
    )
    assert value_of(page, heading) == "" and value_of(page, "note") == "不读名称"
    assert hidden(page) == {"read_at": "3"}
    again = {**read, heading: "", "note": "不读名称", "do": "keep"} | hidden(page)
    assert client.post(at, again).status_code == 302 and versions(scene) == [1, 2, 3, 4]


def test_settings_of_a_source_are_not_kept_over_those_of_another_tab(scene: World) -> None:
    with inside(scene):
        made = sources.create(by=scene.lin, institution=None, name="病案室导出", format="n041")
    client, other = browser(scene, "lin"), browser(scene, "luo")
    at = f"{HOME}/sources/{made.pk}/settings/"
    body = {"edition": "insurance", "from_date": "2026-10-01", "organisations": "", "note": "首版"}
    read = body | hidden(text(client.get(at)))
    assert other.post(at, {**read, "edition": "clinical"}).status_code == 302
    answer = client.post(at, {**read, "note": "我的"})
    page = text(answer)
    assert answer.status_code == 409 and "Nothing of yours was stored" in page
    assert value_of(page, "note") == "我的" and versions(scene) == [1]
    assert client.post(at, {**read, "note": "我的"} | hidden(page)).status_code == 302
    assert versions(scene) == [1, 2]


def test_a_dispute_answered_by_somebody_else_says_so_and_keeps_what_was_typed(scene: World) -> None:
    row = filed(scene)
    client = browser(scene, "luo")
    with inside(scene):
        row = disputes.study(by=scene.meng, dispute=row, now=FILED)
        for n, kind in enumerate(("clinical", "insurance", "statistics")):
            expert = member(f"e{n}", kind, None, "technical_team")
            panel.ask(by=scene.meng, dispute=row, member=expert, kind=kind, now=FILED)
            panel.give(by=expert, dispute=row, verdict="change", text="应当补上", now=FILED)
        disputes.reply(by=scene.meng, dispute=row, answer="下一版补上", now=FILED)
    answer = client.post(f"{LIST}{row.pk}/reply/", {"answer": "不予采纳，理由如下"})
    page = text(answer)
    assert answer.status_code == 409
    assert "Somebody else was faster: the dispute is now “answered”" in page
    assert "下一版补上" in page and "孟繁星" in page and "不予采纳，理由如下" in page
    with inside(scene):
        assert Dispute.objects.get().answer == "下一版补上"
    assert client.post(f"{LIST}{row.pk}/study/").status_code == 409
    assert browser(scene, "lin").post(f"{LIST}{row.pk}/reply/", {"answer": "我答"}).status_code == 403
