from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('accounts', '0003_actions_of_administrators'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='identitylink',
            index=models.Index(fields=['-linked_at'], name='accounts_newest_links'),
        ),
    ]
