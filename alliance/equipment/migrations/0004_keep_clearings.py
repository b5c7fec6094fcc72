from django.db import migrations

from alliance.equipment import sql


class Migration(migrations.Migration):
    dependencies = [("equipment", "0003_clearing")]

    operations = [migrations.RunSQL(sql.POSTED, sql.UNPOSTED)]
