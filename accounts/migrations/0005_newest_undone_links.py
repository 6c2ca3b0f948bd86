from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('accounts', '0004_newest_links'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='identitylink',
            index=models.Index(condition=models.Q(('undone_at__isnull', False)), fields=['-undone_at'], name='accounts_newest_undone_links'),
        ),
    ]
