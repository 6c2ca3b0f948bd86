from django.db import migrations, models

import contract.clock


class Migration(migrations.Migration):
    dependencies = [
        ("contract", "0002_refusals_are_answers_too"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProgramSign",
            fields=[
                ("instance", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("program", models.CharField(max_length=60)),
                ("signs", models.BigIntegerField(default=0)),
                ("works", models.BigIntegerField(default=0)),
                ("last_at", models.DateTimeField(db_default=contract.clock.Clock())),
                ("worked_at", models.DateTimeField(null=True)),
            ],
        ),
    ]
