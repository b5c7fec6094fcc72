"""A plan is agreed on in the month it divides or later, and says why somebody gets no points."""

from django.db import migrations, models

from performance.pay import sql


class Migration(migrations.Migration):
    dependencies = [("performance", "0050_sheets_beside_their_accounts")]

    operations = [
        migrations.AddField(
            "payplan", "zero_why",
            models.CharField(blank=True, default="", max_length=500, verbose_name="why without points"),
        ),
        migrations.RunSQL(sql.PLAN_DAY, sql.NO_PLAN_DAY),
    ]  # fmt: skip
