"""What the walls cost while cases are stored: keys, row security, sealing, tokens, the journal."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

from benchmarks import house
from benchmarks.report import Table

_TWIN = """
drop table if exists bench_twin;
create table bench_twin (like grouping_case including all);
"""
_WALLS = """
alter table bench_twin enable row level security, force row level security;
create policy wall on bench_twin for all using ({sees}) with check ({sees});
"""
_KEY = (
    "alter table bench_twin add foreign key (alliance_id, {column}) references {parent} (alliance_id, id) "
    "deferrable initially deferred"
)
_FILL = "insert into bench_twin overriding system value select * from grouping_case where alliance_id = %s"


def weigh(rows: int) -> Table:
    """Store the cases of this run once more: in a bare twin of their table, and in one with each wall."""
    from alliance.models import Alliance
    from alliance.tenancy.keys import sql
    from alliance.tenancy.walls import SEES
    from grouping.models import Case

    alliance = Alliance.objects.get(code="one")
    parents = [
        (field.column, field.related_model._meta.db_table)
        for field in Case._meta.local_fields
        if field.is_relation and field.column != "alliance_id"
    ]
    with house.owner() as link:
        link.execute("select set_config('app.alliance', %s, false)", [str(alliance.pk)])
        bare = _filled(link, alliance.pk, [])
        walled = _filled(link, alliance.pk, [_WALLS.format(sees=SEES)])
        proved = _filled(link, alliance.pk, [*sql.create(sql.proving("bench_twin", tuple(parents)), link)])
        keyed = _filled(link, alliance.pk, [_KEY.format(column=column, parent=to) for column, to in parents])
        link.execute("drop table bench_twin")
    return Table(
        ("wall", "seconds", "of"),
        (
            ("cases into a bare twin of their table", f"{bare:.2f}", f"{rows:,} rows, all its indexes"),
            ("row security added", f"{walled - bare:+.2f}", "one policy"),
            ("keys proved once a statement added", f"{proved - bare:+.2f}", f"{len(parents)} keys, as it is"),
            ("instead, composite keys row by row", f"{keyed - bare:+.2f}", "the same, checked at the end"),
            ("ID numbers sealed", f"{_sealing(rows):.2f}", "AES-256-GCM, a nonce each"),
            ("keyed tokens", f"{_tokens(alliance, rows):.2f}", "HMAC-SHA256, two a row"),
            ("journal", f"{_journal(alliance):.2f}", "entries of one delivery: received, checked, stored"),
        ),
        "What the walls cost",
        "Cases are stored once in staging and once for good; results and persons have keys of their own.",
    )


def _filled(link: Any, alliance: int, walls: list[Any]) -> float:
    """Seconds to fill the twin in one transaction, its commit with the checks of keys included."""
    link.execute(_TWIN)
    for wall in walls:
        link.execute(wall)
    return _seconds(lambda: _insert(link, alliance))


def _insert(link: Any, alliance: int) -> None:
    with link.transaction():
        link.execute(_FILL, [alliance])


def _seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def _sealing(rows: int) -> float:
    from alliance.models import Person

    numbers = [f"{110000000000000000 + number}" for number in range(rows)]
    field: Any = Person._meta.get_field("id_number")
    return _seconds(lambda: field.sealer().seal(numbers))


def _tokens(alliance: Any, rows: int) -> float:
    from alliance.services import people

    numbers = [f"{110000000000000000 + number}" for number in range(rows)]
    names, births, sexes = ["欧阳建良"] * rows, ["1956-03-08"] * rows, ["1"] * rows
    return _seconds(lambda: people.tokens_for(names, sexes, births, numbers, alliance=alliance))


def _journal(alliance: Any) -> float:
    from django.db import transaction

    from alliance.services import journal
    from alliance.tenancy.scope import act_in

    def write() -> None:
        with act_in(alliance), transaction.atomic():
            for verb in ("case_file.received", "job.queued", "case_file.checked", "case_file.published"):
                journal.write(by=None, verb=verb)

    return _seconds(write)
