from django.db import migrations

from alliance.equipment import sql


class Migration(migrations.Migration):
    dependencies = [("equipment", "0001_register_and_bookings")]

    operations = [migrations.RunSQL(sql.INSTALL, sql.REMOVE)]
