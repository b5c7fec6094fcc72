"""Nothing is taken that is not owed, nothing given back that was not taken; pots add up beside what is taken."""

from django.db import migrations

from performance.deductions import sql
from performance.pay import sql as pay


class Migration(migrations.Migration):

    dependencies = [
        ('performance', '0068_deductions_taken'),
    ]

    operations = [
        migrations.RunSQL(sql.INSTALL + pay.KEEP_POOL, sql.REMOVE),
    ]
