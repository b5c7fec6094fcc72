"""Each evidence between institutions is a row of its own that goes on where its last one ended."""

import django.db.models.expressions
from django.db import migrations, models

from performance.pay import sql


class Migration(migrations.Migration):

    dependencies = [
        ('alliance', '0008_message_secret'),
        ('approvals', '0003_keep_papers'),
        ('ledger', '0004_keys_by_statement'),
        ('performance', '0056_uplifts_of_their_own'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='paytransfer',
            options={'base_manager_name': 'objects', 'ordering': ['payer__code', 'payee__code', 'evidence_id', 'revision'], 'verbose_name': 'transfer between institutions', 'verbose_name_plural': 'transfers'},
        ),
        migrations.RemoveConstraint(
            model_name='paypool',
            name='paypool_above_zero',
        ),
        migrations.RemoveConstraint(
            model_name='paytransfer',
            name='paytransfer_fact_once',
        ),
        migrations.RemoveConstraint(
            model_name='paytransfer',
            name='paytransfer_above_zero',
        ),
        migrations.AddField(
            model_name='paytransfer',
            name='paid_fen',
            field=models.BigIntegerField(default=0, verbose_name='in the books before (fen)'),
        ),
        migrations.AddField(
            model_name='paytransfer',
            name='revision',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='revision'),
        ),
        migrations.AddConstraint(
            model_name='paypool',
            constraint=models.CheckConstraint(condition=models.Q(('fen__gt', 0), models.Q(('number__gt', 1), ('source', 'between')), _connector='OR'), name='paypool_above_zero'),
        ),
        migrations.AddConstraint(
            model_name='paytransfer',
            constraint=models.UniqueConstraint(fields=('alliance', 'evidence_kind', 'evidence_id', 'revision'), name='paytransfer_fact_once'),
        ),
        migrations.AddConstraint(
            model_name='paytransfer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('fen', 0), _negated=True), ('base_fen__gte', 0), ('fen__gte', django.db.models.expressions.CombinedExpression(models.F('paid_fen'), '*', models.Value(-1))), ('paid_fen__gte', 0)), name='paytransfer_owes_something'),
        ),
        migrations.AddConstraint(
            model_name='paytransfer',
            constraint=models.CheckConstraint(condition=models.Q(('base_fen__gt', 0), ('fen', django.db.models.expressions.CombinedExpression(models.F('paid_fen'), '*', models.Value(-1))), _connector='OR'), name='paytransfer_of_a_base'),
        ),
        migrations.RunSQL(sql.ONCE, sql.NOT_ONCE),
    ]
