from django.db import migrations

from alliance.ledger import sql


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunSQL(sql.INSTALL, sql.REMOVE)]
