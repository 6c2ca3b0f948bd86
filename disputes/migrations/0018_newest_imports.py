from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('disputes', '0017_freezes'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='importrun',
            index=models.Index(fields=['-started_at'], name='disputes_newest_imports'),
        ),
    ]
