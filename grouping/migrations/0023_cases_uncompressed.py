from django.db import migrations

from grouping.sql import NARROW_CASES, WIDE_CASES


class Migration(migrations.Migration):
    dependencies = [("grouping", "0022_release_claims")]
    operations = [migrations.RunSQL(WIDE_CASES, NARROW_CASES)]
