"""A fund gives no more than it holds, whoever posts."""

from django.db import migrations

from alliance.ledger import sql


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_keys_by_statement")]

    operations = [migrations.RunSQL(sql.COVERED, sql.UNCOVERED)]
