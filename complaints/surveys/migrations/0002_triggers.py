from django.db import migrations

from complaints.surveys import sql


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_surveys")]

    operations = [migrations.RunSQL(sql.INSTALL, sql.REMOVE)]
