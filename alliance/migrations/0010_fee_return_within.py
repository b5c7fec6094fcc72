"""The percent of fee returns lies within its range on every day."""

from django.db import migrations

from alliance import sql


class Migration(migrations.Migration):

    dependencies = [
        ('alliance', '0009_fee_return_decided'),
    ]

    operations = [
        migrations.RunSQL(sql.WITHIN, sql.NOT_WITHIN),
    ]
