from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('rules', '0006_cases_under_other_rules'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='ruleaction',
            index=models.Index(fields=['-at'], name='rules_newest_actions'),
        ),
    ]
