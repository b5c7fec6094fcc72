"""Where the list of bundles was made before: its rows from the journal have no manifest, which the check meant."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('performance', '0048_earlier_bundles'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='handedout', name='handedout_whole'),
        migrations.AddConstraint(
            model_name='handedout',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('manifest__isnull', True), ('size', None)), models.Q(('manifest__isnull', False), ('size__gt', 0)), _connector='OR'), name='handedout_whole'),
        ),
    ]
