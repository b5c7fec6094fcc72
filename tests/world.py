"""The cast of the tests: two alliances, so that every test can ask what the other one sees.

Qinghe (county): lead hospital, Chinese-medicine hospital, Shiqiao township with Liulin village room.
Jiangzhou (city group): lead hospital, Linhu community centre.
Lin edits at Qinghe's lead hospital, Wu only reads there, Zhao sits at Shiqiao township, Luo runs the
performance office, Meng is its second person, Su administers, Cai keeps the money, Ding audits; Qian belongs
to Jiangzhou.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from alliance.models import Alliance, Department, Institution, Membership, User
from alliance.roles import roles
from alliance.services import alliances
from alliance.tenancy.scope import act_in

PASSWORD = "correct horse battery"  # of people who do not exist


@dataclass
class World:
    """Everything by name."""

    qinghe: Alliance
    jiangzhou: Alliance
    lead: Institution
    tcm: Institution
    shiqiao: Institution
    liulin: Institution
    city_lead: Institution
    linhu: Institution
    people: dict[str, Membership] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Membership:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None

    def client(self, name: str, **extra: object) -> Client:
        """A browser signed in as one of the cast, second factor passed."""
        client = Client(**extra)  # type: ignore[arg-type]
        client.force_login(self.people[name].user, backend="django.contrib.auth.backends.ModelBackend")
        if any(roles()[code].second_factor for code in self.people[name].roles):
            device, _made = TOTPDevice.objects.get_or_create(user=self.people[name].user, confirmed=True)
            session = client.session
            session[DEVICE_ID_SESSION_KEY] = device.persistent_id
            session.save()
        return client


def make_world() -> World:
    """Store the cast and return it; leaves no alliance open."""
    qinghe = alliances.found(
        code="qinghe", name="清河县医共体", kind="county", word="医共体", calendar_since=2025
    )
    jiangzhou = alliances.found(
        code="jiangzhou", name="江州市城市医疗集团", kind="city_group", word="医疗集团", calendar_since=2025
    )
    with transaction.atomic(), act_in(qinghe):
        lead = place("QH01", "清河县人民医院", "secondary", "general", role="lead", beds=600)
        tcm = place("QH02", "清河县中医医院", "secondary", "tcm", beds=300)
        shiqiao = place("QH11", "石桥镇中心卫生院", "primary", "township", beds=60, served_population=31_000)
        liulin = place(
            "QH11V1", "石桥镇柳林村卫生室", "primary", "village", parent=shiqiao, served_population=1_800
        )
        people = {
            "lin": member("lin", "林静", lead, "clinician", "data_steward"),
            "wu": member("wu", "吴越", lead, "department_head"),
            "kong": member("kong", "孔岩", lead, "institution_admin"),
            "zhao": member("zhao", "赵敏学", shiqiao, "clinician"),
            "han": member("han", "韩信实", shiqiao, "coder", "data_steward"),
            "tan": member("tan", "谭一鸣", tcm, "clinician", "data_steward"),
            "luo": member("luo", "罗晓岚", None, "performance_office"),
            "meng": member("meng", "孟繁星", None, "performance_office"),
            "su": member("su", "苏明远", None, "alliance_admin"),
            "cai": member("cai", "蔡知新", None, "finance"),
            "ding": member("ding", "丁守正", None, "auditor"),
        }
    with transaction.atomic(), act_in(jiangzhou):
        city_lead = place("JZ01", "江州市第一医院", "tertiary", "general", role="lead", beds=1_200)
        linhu = place(
            "JZ11", "临湖社区卫生服务中心", "primary", "community", beds=20, served_population=42_000
        )
        people |= {
            "qian": member("qian", "钱望舒", city_lead, "clinician", "data_steward"),
            "qiao": member("qiao", "乔安平", None, "performance_office"),
            "shen": member("shen", "沈若谷", None, "alliance_admin"),
        }
    return World(qinghe, jiangzhou, lead, tcm, shiqiao, liulin, city_lead, linhu, people)


def place(code: str, name: str, level: str, kind: str, **extra: object) -> Institution:
    """An institution with one clinical department."""
    institution = Institution.objects.create(
        code=code,
        organisation=f"99990000{code:>14}".replace(" ", "0"),
        name=name,
        short_name=name[:8],
        level=level,
        kind=kind,
        **extra,
    )
    Department.objects.create(institution=institution, code="03", name="内科", kind="clinical")
    return institution


def member(username: str, name: str, institution: Institution | None, *roles: str) -> Membership:
    """A sign-in with one membership."""
    user = User(username=username, name=name)
    user.set_unusable_password()
    user.save()
    return Membership.objects.create(user=user, institution=institution, roles=list(roles))
