"""An appeal is corrected once a second person, uninvolved, has agreed, whether money moves or not."""

from django.db import migrations

from performance.appeals import sql


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0002_title_arguments"),
        ("performance", "0044_days_of_the_following_month"),
    ]

    operations = [migrations.RunSQL(sql.INSTALL_SECOND, migrations.RunSQL.noop)]
