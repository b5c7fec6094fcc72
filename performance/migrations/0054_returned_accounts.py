"""Nothing goes again into an account that a payment came back from, before it is entered anew."""

from django.db import migrations

from performance.payout import sql


class Migration(migrations.Migration):
    dependencies = [("performance", "0053_decisions_by_their_number")]

    operations = [migrations.RunSQL(sql.RETURNED, sql.REMOVE_RETURNED)]
