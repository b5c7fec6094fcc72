"""A sheet is confirmed beside what the source accounts hold; where that is too little, with a reason."""

from django.db import migrations, models

from performance.entitlement import sql


class Migration(migrations.Migration):

    dependencies = [
        ('alliance', '0008_message_secret'),
        ('performance', '0049_bundles_without_manifest'),
    ]

    operations = [
        migrations.AddField(
            model_name='entitlement',
            name='held_fen',
            field=models.BigIntegerField(null=True, verbose_name='free in the source accounts (fen)'),
        ),
        migrations.AddField(
            model_name='entitlement',
            name='over_why',
            field=models.CharField(max_length=200, null=True, verbose_name='why more is confirmed'),
        ),
        migrations.AddField(
            model_name='entitlement',
            name='wanted_fen',
            field=models.BigIntegerField(null=True, verbose_name='sheets to be paid, with this one (fen)'),
        ),
        migrations.AddConstraint(
            model_name='entitlement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('held_fen', None), ('over_why', None), ('wanted_fen', None)), models.Q(('confirmed_at__isnull', False), ('held_fen__isnull', False), ('wanted_fen__gte', models.F('fen')), ('wanted_fen__isnull', False), models.Q(models.Q(('over_why', None), ('wanted_fen__lte', models.F('held_fen'))), models.Q(('over_why__gt', ''), ('over_why__isnull', False)), _connector='OR')), _connector='OR'), name='entitlement_over_said'),
        ),
        migrations.RunSQL(sql.ASKED, sql.UNASK),
    ]
