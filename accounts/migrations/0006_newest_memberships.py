from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('accounts', '0005_newest_undone_links'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='membershiprecord',
            index=models.Index(fields=['-at'], name='accounts_newest_memberships'),
        ),
    ]
