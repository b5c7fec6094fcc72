"""The register and the log by sheet: natural keys, yuan, every fault with line, column and remedy."""

from __future__ import annotations

import io
from typing import Any

import pytest
import time_machine
from django.utils import translation

from alliance.equipment.models import CostItem, Device, ExamItem, Qualification, Usage
from alliance.equipment.resources import (
    CostResource,
    DeviceResource,
    ExamItemResource,
    QualificationResource,
)
from alliance.equipment.usage_sheet import UsageResource
from alliance.models import Membership
from alliance.services import imports
from tests.equipment.scene import at, item, scanner, technician
from tests.world import World

DEVICE = "机构,设备编码,名称,设备类别,购置日期,购置价格（元）,开机时间,大型医用设备\n"
LOG = "所属机构,设备,日志流水号,使用机构,检查名称,开始,结束,收费（元）\n"


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(at("18:00"), tick=False), translation.override("zh-hans"):
        yield


def take(by: Membership, resource: type, text: str) -> imports.Outcome:
    file = imports.receive(by=by, name="x.csv", content=io.BytesIO(text.encode()))
    outcome = imports.look(by=by, file=file, resource=resource)
    return outcome if outcome.faults else imports.take(by=by, file=file, resource=resource)


def test_devices_come_by_sheet_and_again_without_change(qinghe: World) -> None:
    text = DEVICE + 'QH01,MR1,1.5T 磁共振,磁共振,2022-03-01,"7,200,000.00",1-5 08:00-17:00,是\n'
    assert take(qinghe.kong, DeviceResource, text).new == 1
    device = Device.objects.get()
    assert (device.kind, device.cost_fen, device.large, device.shared, device.step_minutes) == (
        "mri", 720_000_000, True, True, 30
    )  # fmt: skip
    assert take(qinghe.kong, DeviceResource, text).same == 1
    assert take(qinghe.kong, DeviceResource, text.replace("17:00", "18:00")).changed == 1


@pytest.mark.parametrize(
    ("line", "column", "said"),
    [
        ("QH01,M,名,磁共振,2022-03-01,72000,8点,是", "开机时间", "星期"),
        ("QH01,M,名,磁共振,2022-03-01,七百万,1-5 08:00-17:00,是", "购置价格（元）", "金额"),
        ("QH01,M,名,飞船,2022-03-01,72000,1-5 08:00-17:00,是", "设备类别", "飞船"),
        ("QH11,M,名,磁共振,2022-03-01,72000,1-5 08:00-17:00,是", "机构", "QH11"),
        ("QH01,M,名,磁共振,2022-13-01,72000,1-5 08:00-17:00,是", "购置日期", "2022-13-01"),
    ],
)
def test_a_fault_names_line_column_and_remedy(qinghe: World, line: str, column: str, said: str) -> None:
    outcome = take(qinghe.kong, DeviceResource, DEVICE + line + "\n")
    assert [(fault.line, fault.column) for fault in outcome.faults] == [(2, column)]
    assert said in outcome.faults[0].sentence
    assert not Device.objects.exists()


def test_items_costs_and_qualifications_by_sheet(qinghe: World) -> None:
    device = scanner(qinghe)
    take(
        qinghe.kong,
        ExamItemResource,
        "机构,设备,项目编码,检查项目,时长（分钟）,收费（元）\nQH01,MR1,H,头颅,30,420\n",
    )
    assert (ExamItem.objects.get().device, ExamItem.objects.get().fee_fen) == (device, 42_000)
    costs = "机构,设备,成本类别,计量,金额（元）,生效日期\nQH01,MR1,维护保养,每月,30000,2026-01-01\n"
    assert take(qinghe.kong, CostResource, costs).new == 1
    assert CostItem.objects.get().fen == 3_000_000
    technician(qinghe, code="T7")
    skill = "机构,员工,上岗资质,有效期自\nQH11,T7,磁共振上岗证,2026-01-01\n"
    assert take(qinghe.su, QualificationResource, skill).new == 1
    assert Qualification.objects.get().skill == "mr"


def line(
    number: str,
    place: str = "QH11",
    began: str = "2026-11-16 09:00",
    ended: str = "2026-11-16 09:20",
    fee: str = "180.00",
) -> str:
    return f"QH01,MR1,{number},{place},胸部平扫,{began},{ended},{fee}\n"


def test_the_log_of_an_own_system_waits_for_the_users(qinghe: World) -> None:
    device = scanner(qinghe, own_system=True)
    text = LOG + line("1") + line("2", "QH01") + line("3", "QH02")
    assert take(qinghe.kong, UsageResource, text).new == 3
    states = dict(Usage.objects.values_list("log_number", "state"))
    assert states == {"1": "stated", "2": "confirmed", "3": "stated"}
    use = Usage.objects.get(log_number="1")
    assert (use.device, use.owner, use.fee_fen, use.collected_by, use.source, use.stated_for) == (
        device, qinghe.lead, 18_000, qinghe.shiqiao, "sheet", qinghe.lead
    )  # fmt: skip
    assert use.started_at == at("09:00")
    assert take(qinghe.kong, UsageResource, text).same == 3
    assert take(qinghe.kong, UsageResource, LOG + line("1", fee="190")).changed == 1


def test_a_confirmed_line_is_not_changed_by_a_sheet(qinghe: World) -> None:
    scanner(qinghe)
    take(qinghe.kong, UsageResource, LOG + line("2", "QH01"))
    outcome = take(qinghe.kong, UsageResource, LOG + line("2", "QH01", fee="1"))
    assert [(fault.line, fault.column) for fault in outcome.faults] == [(2, "日志流水号")]
    assert Usage.objects.get().fee_fen == 18_000


@pytest.mark.parametrize(
    ("text", "column"),
    [
        (line(""), "日志流水号"),
        (line("1", ended="2026-11-16 08:00"), "结束"),
        (line("1", began="2027-11-16 09:00", ended="2027-11-16 09:20"), "开始"),
        (line("1", began="9点"), "开始"),
        (line("1", place="XX"), "使用机构"),
        (line("1", fee=""), "收费（元）"),
    ],
)
def test_faults_of_the_log(qinghe: World, text: str, column: str) -> None:
    scanner(qinghe)
    outcome = take(qinghe.kong, UsageResource, LOG + text)
    assert [(fault.line, fault.column) for fault in outcome.faults][:1] == [(2, column)]
    assert not Usage.objects.exists()


def test_an_item_is_one_of_the_device(qinghe: World) -> None:
    device = scanner(qinghe)
    item(device, "MR-HEAD")
    head = LOG.replace("检查名称", "检查项目")
    assert take(qinghe.kong, UsageResource, head + line("1").replace("胸部平扫", "MR-HEAD")).new == 1
    assert Usage.objects.get().item_name == "头颅磁共振平扫"
    assert take(qinghe.kong, UsageResource, head + line("2").replace("胸部平扫", "NO")).faults
