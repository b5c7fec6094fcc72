"""A decision is named by ordinary letters and figures: neither a year alone nor circled figures name it."""

from django.db import migrations

from performance.decided import sql


class Migration(migrations.Migration):
    dependencies = [("performance", "0060_declined_with_a_reason")]

    operations = [migrations.RunSQL(sql.ORDINARY, sql.COUNTED)]
