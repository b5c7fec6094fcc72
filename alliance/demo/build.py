"""Puts the demonstration together, each alliance from its own streams of chance."""

from collections.abc import Callable
from typing import NamedTuple

from alliance.demo import city, county, declared, expected, staff
from alliance.demo.books import Demo, DemoAlliance
from alliance.demo.clinic import refer_outpatients
from alliance.demo.files import case_files
from alliance.demo.moves import connect
from alliance.demo.names import Registry
from alliance.demo.plans import MONTHS, Draft, first_stays
from alliance.demo.referrals import write_referrals
from alliance.demo.stays import write_out
from alliance.demo.values import Place, SignIn


class Setting(NamedTuple):
    """What is told of an alliance by hand: its names and words, its members, its users."""

    code: str
    name: str
    name_en: str
    kind: str
    word: str
    body: str
    places: Callable[[], tuple[Place, ...]]
    users: Callable[[], tuple[SignIn, ...]]


SETTINGS = tuple(
    Setting(m.CODE, m.NAME, m.NAME_EN, m.KIND, m.WORD, m.BODY, m.places, m.users) for m in (county, city)
)


def build() -> Demo:
    """Return the whole demonstration (S3-59, and a county community); every call gives equal values."""
    return Demo({setting.code: _alliance(setting) for setting in SETTINGS}, MONTHS)


def sign_ins() -> dict[str, tuple[SignIn, ...]]:
    """Return the users of each alliance by its name, without building anything else."""
    return {setting.name: setting.users() for setting in SETTINGS}


def build_alliance(code: str) -> DemoAlliance:
    """Return one alliance of the demonstration; raises StopIteration for an unknown code."""
    return _alliance(next(setting for setting in SETTINGS if setting.code == code))


def _alliance(setting: Setting) -> DemoAlliance:
    places, users = setting.places(), setting.users()
    departments = staff.units(places)
    people = staff.workers(setting.code, places, users)
    directory = staff.Directory(departments, people)
    draft = Draft(setting.code, places, Registry(setting.code))
    first_stays(draft)
    connect(draft)
    refer_outpatients(draft)
    stays = write_out(draft, directory)
    written = list(stays.values())
    referrals = write_referrals(draft, stays, directory)
    files = case_files(draft, written, expected.spared(draft, stays))
    truth = expected.expect(draft, stays, referrals, files)
    return DemoAlliance(
        code=setting.code,
        name=setting.name,
        name_en=setting.name_en,
        kind=setting.kind,
        word=setting.word,
        body=setting.body,
        places=places,
        units=departments,
        staff=people,
        roster=staff.roster(setting.code, places, people),
        users=users,
        patients=tuple(draft.registry.patients),
        stays=tuple(written),
        referrals=tuple(sorted(referrals.values(), key=lambda referral: referral.number)),
        files=files,
        declarations=declared.declarations(setting.code, truth.counts),
        last_year=declared.last_year(setting.code, truth.counts),
        pay_bases=declared.pay_bases(setting.code, places, people),
        pools=declared.pools(setting.code),
        expected=truth,
    )
