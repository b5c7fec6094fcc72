from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("grouping", "0032_fill_day_of_delivery")]

    operations = [
        migrations.AlterField(
            model_name="casefile",
            name="delivered_on",
            field=models.DateField(verbose_name="delivered on"),
        ),
    ]
