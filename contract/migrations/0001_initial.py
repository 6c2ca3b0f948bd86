from datetime import timedelta

from django.db import migrations, models

import contract.append_only
import contract.clock


class Migration(migrations.Migration):
    """The clock comes first: later tables name it as a default."""

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ClockOffset",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("ahead_by", models.DurationField(default=timedelta)),
                ("frozen_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "db_table": "contract_clock_offset",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="contract_clock_offset_has_one_row")
                ],
            },
        ),
        migrations.RunPython(contract.clock.install_in_migration, contract.clock.remove_in_migration),
        migrations.RunSQL(contract.append_only.CREATE_FUNCTION, contract.append_only.DROP_FUNCTION),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("user_id", models.BigIntegerField()),
                ("route", models.CharField(max_length=255)),
                ("key", models.CharField(max_length=255)),
                ("body_digest", models.CharField(max_length=64)),
                ("answer_status", models.PositiveSmallIntegerField()),
                ("answer_body", models.TextField()),
                ("answer_headers", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(db_default=contract.clock.Clock(), editable=False)),
            ],
            options={
                "indexes": [models.Index(fields=["created_at"], name="contract_idempotency_age")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user_id", "route", "key"), name="contract_one_answer_per_user_route_and_key"
                    )
                ],
            },
        ),
    ]
