"""Every fragment with variables of a realistic page, for the tests that render and look at them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.core.paginator import Paginator

from alliance.models import Job, User
from alliance.services.inbox import Todo
from alliance.web import charts, lists, parts
from alliance.web.context import Group, Link
from alliance.web.profile_charts import spark
from performance.appeals.asking import Flag

NOW = datetime(2026, 11, 19, 6, 20, tzinfo=UTC)
TODOS = [
    Todo(
        "late",
        "麻坪镇卫生院 出院病例文件未交",
        "应交 11-03，申报 28 例。",
        "/x/",
        NOW - timedelta(days=4),
        button="催报",
    ),
    Todo("warn", "数据校核会", "议程 6 项", "/x/", NOW + timedelta(hours=2)),
    Todo("info", "指标异议 白沙镇卫生院", "承办人未定。", "/x/"),
]


class Sample(forms.Form):
    """One field of each kind."""

    kind = forms.ChoiceField(
        label="类别", choices=[("a", "个人申诉"), ("b", "指标异议")], help_text="对本人的钱"
    )
    amount = forms.CharField(
        label="涉及金额（元）", required=False, widget=forms.TextInput(attrs={"class": "num"})
    )
    beds = forms.IntegerField(label="床位", required=False)
    urgency = forms.ChoiceField(
        label="轻重", choices=[("n", "普通"), ("u", "紧急")], widget=forms.RadioSelect
    )
    reason = forms.CharField(label="理由", widget=forms.Textarea(attrs={"rows": 4}))
    file = forms.FileField(label="附件", required=False)
    agreed = forms.BooleanField(label="患者同意转诊并同意共享病历")
    draft = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_amount(self) -> str:
        raise forms.ValidationError("千位逗号位置不对。写 78.73 即可。")


class Find(django_filters.FilterSet):
    """A filter without a table behind it."""

    kind = django_filters.ChoiceFilter(label="类别", choices=[("a", "个人申诉")], empty_label="类别：全部")
    text = django_filters.CharFilter(label="编号、姓名")


class Rows(lists.Table):
    """A table over plain rows."""

    number = tables.Column(verbose_name="编号", attrs=lists.HEAD, orderable=True, footer="合计")
    name = tables.Column(verbose_name="机构", attrs=lists.WRAP)
    fen = tables.Column(verbose_name="金额（元）", attrs=lists.KEY, footer="3.00")

    class Meta(lists.Table.Meta):
        row_attrs = {"class": lambda record: "bad" if record["fen"] is None else ""}


ROWS = [{"number": f"YY-{n:03d}", "name": "石桥镇中心卫生院", "fen": n or None} for n in range(3)]


def filled() -> Sample:
    """The form as sent with mistakes."""
    form = Sample({"kind": "a", "amount": "7,8.73", "urgency": "u", "reason": ""})
    form.is_valid()
    return form


def contexts(request: Any = None) -> dict[str, dict[str, Any]]:
    """Variables by file name, for every fragment of templates/."""
    nobody = User.objects.none()
    form, table = filled(), Rows(ROWS, request=request) if request else Rows(ROWS)
    chart = charts.bars(
        "pace",
        "累计执行与计划之差",
        ("月", "万元"),
        [("9", Decimal("-1.5")), ("10", Decimal("418.35")), ("11", None)],
    )
    table.paginator = Paginator(table.rows, 2)
    table.page = table.paginator.get_page(1)
    page = table.page
    job = Job(
        pk=7,
        alliance_id=1,
        state="running",
        chunks_done=203,
        chunks_total=317,
        progress_text="分组 203 / 317",
    )
    facts = [parts.Fact("得分", "87.7900", "/x/"), parts.Fact("绩效工资基数", "3,420,000")]
    term = [parts.Term("14,328.56", "60% 份额（元）", "/x/"), parts.Term("59.5", "您的积分", "/x/", "×")]
    stages = [
        parts.Stage("收集", "done", ["11-09 完成"]),
        parts.Stage("审核", "now"),
        parts.Stage("审批", "next"),
    ]
    return {
        "_actions.html": {
            "actions": [
                parts.Action("接收", "/x/", icon="check", kind="primary"),
                parts.Action("退回", "/x/", form=form, id="decline"),
                parts.Action("打印", "/x/", get=True),
            ]
        },
        "_banner.html": {},
        "_beside.html": {"field": form["amount"]},
        "_carry.html": {
            "acts": [parts.Action("布置任务", "/x/", get=True)],
            "made": [parts.Fact("任务 3", "已完成", "/x/")],
            "title": "后续",
        },
        "_chain.html": {
            "links": [
                parts.ChainLink("医共体", "协同奖励基金", 128_640_000, "/x/", Decimal(100), facts),
                parts.ChainLink("21 家之一", "县人民医院", 52_655_421, "/x/", Decimal("40.93"), facts, True),
            ]
        },
        "_chart.html": {"chart": chart},
        "_chip.html": {"kind": "late", "text": "逾期 4 天"},
        "_clock.html": {"deadline": NOW + timedelta(hours=5, minutes=32), "now": NOW, "label": "接收时限"},
        "_diff.html": {"bars": [parts.Bar("基金池", 1_677), parts.Bar("得分", -3_100), parts.Bar("本人", 0)]},
        "_empty.html": {"icon": "cal", "title": "还没有派驻", "text": "先排人", "url": "/x/", "label": "排"},
        "_errors.html": {"form": form},
        "_field.html": {"field": form["amount"]},
        "_fields.html": {"form": form},
        "_figs.html": {
            "figs": [
                parts.Fig("协同奖励基金", "1,286,400.00", "元", "8,576,000.00 × 15%", "/x/"),
                parts.Fig("待处理", "9", bad=True),
            ]
        },
        "_filter.html": {"filter": Find({"kind": "a"}, nobody), "filtered": True, "cleared": "/x/"},
        "_flow.html": {"stages": stages},
        "_foot.html": {"menu": [Group("", (Link("今天", "home", "/x/", True, "今天"),))]},
        "_flag.html": {"flag": Flag("/x/", "申诉至 11-27 24:00"), "label": "申诉本行"},
        "_form.html": {"form": form, "submit": "提交", "cancel": "/x/", "consequence": "已存草稿"},
        "_formula.html": {
            "lines": [
                parts.FormulaLine("协同积分部分", term, "1,796.7320", "科室份额的 60%"),
                parts.FormulaLine("合计，取整到分", (), "2,614.86", "2,614.8581 → 2,614.86", True, "元"),
            ]
        },
        "_kv.html": {"facts": facts, "rows": True},
        "_list.html": {
            "table": table, "filter": Find({}, nobody), "empty": parts.Empty("无"),
            "tabs": [parts.Tab("未答复", "/x/", True, 7)],
        },
        "_messages.html": {"messages": []},
        "_meter.html": {"width": "97.7", "tick": "98.0", "kind": "warn"},
        "_spark.html": {"spark": spark([Decimal(1), None, Decimal(3), Decimal(2)], "CMI: 1, 3, 2", bad=True)},
        "_must.html": {"field": form["kind"]},
        "_note.html": {"kind": "warn", "text": "还有事", "items": [parts.Fact("科室核对未签", url="/x/")]},
        "_pages.html": {"page": page},
        "_said.html": {"request": SimpleNamespace(said=["2026-13 不是月份。"])},
        "_prefs.html": {"memberships": [1, 2]},
        "_last.html": {"last": SimpleNamespace(query="state=open", text="未答复")},
        "_live.html": {"seen": "3-7-12-0-1"},
        "_progress.html": {"job": job, "poll": "/x/"},
        "_side.html": {"menu": [Group("月度", (Link("账本", "ledger", "/x/", False, ""),))]},
        "_stages.html": {"stages": stages},
        "_table.html": {"table": table},
        "_tabs.html": {"tabs": [parts.Tab("未答复", "/x/", True, 7), parts.Tab("全部", "/y/")]},
        "_todo.html": {"todos": TODOS, "now": NOW},
        "_trail.html": {
            "steps": [
                parts.Step("hit", "MDCF 循环系统疾病", "主要诊断 I50.907 在表内", NOW, "罗晓岚", "/x/"),
                parts.Step("no", "FR1 不成立"),
            ]
        },
    }  # fmt: skip
