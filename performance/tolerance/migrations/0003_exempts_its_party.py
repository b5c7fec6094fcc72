from django.db import migrations

from performance.tolerance import sql


class Migration(migrations.Migration):
    """A decision exempts what its own party bears."""

    dependencies = [("tolerance", "0002_reliefs")]

    operations = [migrations.RunSQL(sql.TRUE_EXEMPTION, migrations.RunSQL.noop)]
