"""The evidence bundle of a month: one file, checked and recomputed by anybody without a database. Pure:
no Django, no clock, no database; `manage.py verify_month FILE` and an auditor's own script use this.

archive   the file: members, their digests, the seal over every byte
told      sentences, and what they are in another language made of
steps     what the journal says of run, step and books, against the manifest
deeds     heads of the books against the deeds that wrote them
verifying from the file to `identical`, or to every difference with its path
"""

from performance.bundle.archive import BundleRefused, Writer
from performance.bundle.told import Told
from performance.bundle.verifying import Verified, verify

__all__ = ["BundleRefused", "Told", "Verified", "Writer", "verify"]
