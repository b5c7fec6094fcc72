from django.db import migrations

from performance import sql


class Migration(migrations.Migration):
    dependencies = [("performance", "0001_months")]

    operations = [migrations.RunSQL(sql.INSTALL, sql.REMOVE)]
