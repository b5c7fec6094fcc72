from django.db import migrations

from grouping.sql import NARROW_CASES, WIDE_CASES


class Migration(migrations.Migration):
    dependencies = [("grouping", "0026_city_dip")]
    operations = [migrations.RunSQL(WIDE_CASES, NARROW_CASES)]
