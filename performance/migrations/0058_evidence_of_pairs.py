"""Shares of consultations that stand pair by pair are told apart by what each consultation owed."""

from django.db import migrations

from performance.pay import sql


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0002_fees_and_episodes'),
        ('performance', '0057_evidence_paid_once'),
    ]

    operations = [
        migrations.RunSQL(sql.SPLIT, migrations.RunSQL.noop),
    ]
