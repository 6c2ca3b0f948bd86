import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import contract.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LabRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("verification", "Verification replay"), ("counterfactual", "What-if replay")], max_length=20
                    ),
                ),
                ("rules", models.CharField(blank=True, max_length=200)),
                ("document", models.TextField(blank=True)),
                ("document_digest", models.CharField(blank=True, max_length=64)),
                ("platforms", models.JSONField(default=list)),
                ("pack", models.CharField(blank=True, max_length=60)),
                ("opened_from", models.DateTimeField(null=True)),
                ("opened_until", models.DateTimeField(null=True)),
                ("status", models.CharField(blank=True, max_length=10)),
                ("zone", models.CharField(max_length=60)),
                ("as_of", models.DateTimeField()),
                ("last_id", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waits"),
                            ("running", "Runs"),
                            ("finished", "Finished"),
                            ("cancelled", "Cancelled"),
                            ("failed", "Failed"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("total", models.PositiveIntegerField()),
                ("done", models.PositiveIntegerField(default=0)),
                ("at_id", models.BigIntegerField(default=0)),
                ("totals", models.JSONField(default=dict)),
                ("seconds", models.FloatField(default=0)),
                ("failure", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(db_default=contract.clock.Clock())),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LabDifference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case_id", models.BigIntegerField()),
                ("number", models.CharField(max_length=30)),
                ("bucket", models.CharField(max_length=20)),
                ("sequence", models.PositiveIntegerField()),
                ("cause", models.CharField(max_length=20)),
                ("subject", models.TextField(blank=True)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=16, null=True)),
                ("currency", models.CharField(max_length=3)),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="differences",
                        to="studio.labrun",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="labrun",
            index=models.Index(
                condition=models.Q(("state__in", ["queued", "running"])), fields=["id"], name="studio_lab_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="labdifference",
            constraint=models.UniqueConstraint(
                fields=("run", "bucket", "case_id"), name="studio_one_difference_per_case"
            ),
        ),
    ]
