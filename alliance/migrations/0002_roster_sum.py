from django.db import migrations

from alliance.sql import DROP_ROSTER_TRIGGER, ROSTER_TRIGGER


class Migration(migrations.Migration):
    dependencies = [("alliance", "0001_ground")]
    operations = [migrations.RunSQL(ROSTER_TRIGGER, DROP_ROSTER_TRIGGER)]
