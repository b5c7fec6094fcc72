from django.db import migrations

from alliance.confirmation import sql


class Migration(migrations.Migration):
    dependencies = [("confirmation", "0001_confirmation")]

    operations = [migrations.RunSQL(sql.INSTALL, sql.REMOVE)]
