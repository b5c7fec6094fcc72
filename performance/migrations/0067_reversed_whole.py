"""What was posted by mistake goes back as a whole or not at all: the books and the rows that stand on them."""

from django.db import migrations

from performance.pay import sql as pay
from performance.pay.reversal import sql
from performance.payout import sql as payout


class Migration(migrations.Migration):
    dependencies = [("performance", "0066_reversed"), ("ledger", "0005_funds_covered")]

    operations = [
        migrations.RunSQL(pay.KEEP_POOL + pay.KEEP_POT + payout.FITS, migrations.RunSQL.noop),
        migrations.RunSQL(sql.INSTALL, sql.REMOVE),
    ]
