from django.db import migrations

from referrals.recognition import sql


class Migration(migrations.Migration):
    dependencies = [("recognition", "0001_recognition")]

    operations = [migrations.RunSQL(sql.INSTALL, sql.REMOVE)]
