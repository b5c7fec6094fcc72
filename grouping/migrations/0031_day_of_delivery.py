from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("grouping", "0030_carried_by_the_database")]

    operations = [
        migrations.AddField(
            model_name="casefile",
            name="delivered_on",
            field=models.DateField(null=True, verbose_name="delivered on"),
        ),
    ]
