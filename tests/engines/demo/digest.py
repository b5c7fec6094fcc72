"""One digest over all that the demonstration is: run as a program it prints it."""

import hashlib

from alliance.demo import Demo, build
from alliance.demo.files import content


def digest(demo: Demo) -> str:
    whole = hashlib.sha256()
    for alliance in demo.alliances.values():
        for file in alliance.files:
            whole.update(file.name.encode() + content(file))
        parts = (alliance.places, alliance.units, alliance.staff, alliance.roster, alliance.users)
        facts = (alliance.referrals, alliance.declarations, alliance.last_year, alliance.pay_bases)
        whole.update(repr((parts, facts, alliance.pools, alliance.expected)).encode())
    return whole.hexdigest()


if __name__ == "__main__":
    print(digest(build()))
