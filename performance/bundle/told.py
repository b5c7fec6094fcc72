"""What a verification says, as English text that another language can be made of. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class Told(str):
    """One sentence: its English text, and beside it `template` and `params`, as a refusal has them.

    A part of a sentence may be told or refused itself; who shows it translates the parts first.
    """

    reasons: ClassVar[Mapping[str, str]] = {
        "says": "%(path)s: the file says %(stored)s, recomputed %(found)s",
        "manifest": "%(path)s: the manifest says %(stored)s, the bytes give %(found)s",
        "altered": "the rest cannot be recomputed from what was altered",
        "cannot": "cannot be recomputed: %(error)s",
        "key": "cannot be recomputed: %(error)s is missing",
        "kind": "cannot be recomputed: a value is of another kind (%(error)s)",
        "unsettled": "%(path)s cannot be settled: %(error)s",
        "missing": "container: %(names)s is missing",
        "members": "container: members are not those of the manifest (%(names)s)",
        "around": "container: bytes around the members were altered, the seal does not fit",
        "unreadable": "%(path)s: cannot be read (%(error)s)",
        "error": "%(path)s: %(error)s",
        "no_total": "%(path)s: %(place)s is paid %(yuan)s yuan and has no approved total",
        "account": "%(path)s: its account says %(found)s",
        "pot_missing": "%(path)s: pot %(key)s is missing",
        "pot_strange": "%(path)s: pot %(key)s is not one that follows",
        "no_pot": "%(path)s: lines of %(key)s, which is no pot",
        "taken_of_none": "%(path)s: something is taken of %(key)s, which has nothing",
        "no_journal": "%(path)s: no journal of %(key)s",
        "pots": "%(path)s: sum of its pots",
        "lines": "%(path)s: sum of its lines",
        "steps": "%(path)s: its steps",
        "accounts": "%(path)s: sum of all accounts",
        "no_account": "%(path)s: %(account)s is missing, recomputed %(found)s",
        "one_posted": "%(path)s: the same person posted and confirmed",
        "zero": "%(path)s: an entry of zero",
        "one_checked": "%(path)s: the same person made and checked the lot",
        "correction_twice": "%(path)s: this correction is paid twice",
        "part_twice": "%(path)s: part %(part)s of this line is paid twice",
        "too_much": "%(path)s: %(taken)s yuan of a line of %(yuan)s yuan is paid",
        "no_line": "%(path)s: pays a line that is not in %(pool)s",
        "drawn": "%(path)s: %(size)s records drawn of %(population)s",
        "not_true": "%(path)s: true, %(other)s records were not confirmed",
        "strange": "%(path)s: %(found)s is no row of a bundle (%(kinds)s)",
        "no_deed": "%(path)s: the journal names no %(verb)s that says so",
        "period": "%(path)s: %(period)s is neither %(month)s nor a later month up to its posting",
        "digest_twice": "%(path)s: the same as of %(other)s",
        "agreed_late": "%(path)s: posted on %(posted)s, agreed on %(agreed)s only",
        "state": "%(path)s: the manifest says %(stored)s, the journal says %(found)s",
        "no_run": "%(path)s: the manifest says %(stored)s, the journal names no deed of this run",
        "posted": "%(path)s: %(stored)s, the month is posted %(times)s times",
        "open_opinions": "opinions of third parties: their digests cover record numbers and words that stay "
        "in the house; checked is that each looked at every record drawn and says true only where all were "
        "confirmed",
        "open_code": "code_version: nothing was posted that repeats it",
        "open_stage": "stage: the manifest names no step of the month",
        "open_scheme": "scheme, scheme_version: names; what they stand for is proved by scheme_digest",
        "open_people": "who did what: persons stand under names that only the house can read back",
        "open_confirmed": "confirmed_by of journals of source accounts, payments and corrections: checked is "
        "only that it is not who posted",
        "open_heads": "body_digest, and inputs_digest and rule_version of pools: they cover texts and "
        "reasons that stay in the house; checked is that no two body_digest are the same",
        "open_times": "posted_at, period: checked is that they fit the journal, whose hours nothing "
        "else proves",
        "open_papers": "numbers of documents, days of decisions, agreed_on, plan, number of a pool: typed or "
        "counted in the house; checked is that a day fits month and posting, and plan and kind the journal",
        "open_parameters": "parameters in rules.json: those that no recomputed figure rests on, that is all "
        "but fd.team_share_min",
        "open_payments": "payments the bank has not made or has returned: no journal holds them; checked are "
        "the numbers of each lot and the parts of each line",
        "open_seals": "seals of the journal: they follow from rows of other months too; ask the house",
    }

    template: str
    params: Mapping[str, object]

    def __new__(cls, reason: str, **params: object) -> Told:
        template = cls.reasons[reason]
        told = super().__new__(cls, template % params)
        told.template, told.params = template, params
        return told
