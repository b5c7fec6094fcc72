from django.db import migrations

from grouping.metrics import sql as metrics
from grouping.sql import NARROW_CASES, NARROW_STAGING, WIDE_CASES, WIDE_STAGING
from grouping.versions import sql as versions

NOTHING = migrations.RunSQL.noop


class Migration(migrations.Migration):
    """What no model declares: marks of stale sums, released versions kept as they are, rows kept whole."""

    replaces = [
        ("grouping", "0004_stale_marks"),
        ("grouping", "0006_keep_released"),
        ("grouping", "0018_lean_keys"),
        ("grouping", "0023_payment_scope"),
        ("grouping", "0025_keep_shipped_files"),
        ("grouping", "0027_cases_uncompressed"),
        ("grouping", "0029_marks_from_runs"),
    ]

    dependencies = [("grouping", "0001_whole")]

    operations = [
        migrations.RunSQL(metrics.STALE_TRIGGERS, metrics.DROP_STALE_TRIGGERS),
        migrations.RunSQL(versions.INSTALL, versions.REMOVE),
        migrations.RunSQL(WIDE_STAGING, NARROW_STAGING),
        migrations.RunSQL(metrics.PAIR_TRIGGERS, metrics.DROP_PAIR_TRIGGERS),
        migrations.RunSQL(versions.KEEP_FILES, NOTHING),
        migrations.RunSQL(WIDE_CASES, NARROW_CASES),
    ]
