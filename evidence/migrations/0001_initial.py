import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from contract.append_only import AppendOnly


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("contract", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField(help_text="bytes")),
                (
                    "kind",
                    models.CharField(
                        choices=[("image", "picture"), ("video", "video"), ("document", "document"), ("text", "text")],
                        max_length=10,
                    ),
                ),
                ("media_type", models.CharField(max_length=50)),
                ("name", models.CharField(max_length=120)),
                ("declared_type", models.CharField(blank=True, max_length=100)),
                ("storage_key", models.CharField(max_length=80)),
                ("received_at", models.DateTimeField()),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "stored file",
                "verbose_name_plural": "stored files",
            },
        ),
        migrations.CreateModel(
            name="Inspection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verdict",
                    models.CharField(choices=[("accepted", "accepted"), ("refused", "refused")], max_length=10),
                ),
                ("reason", models.CharField(blank=True, max_length=40)),
                ("detail", models.JSONField(default=dict)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField(help_text="bytes")),
                ("name", models.CharField(max_length=120)),
                ("media_type", models.CharField(blank=True, max_length=50)),
                ("width", models.PositiveIntegerField(help_text="pixels", null=True)),
                ("height", models.PositiveIntegerField(help_text="pixels", null=True)),
                ("frames", models.PositiveIntegerField(null=True)),
                ("pages", models.PositiveIntegerField(null=True)),
                ("duration_ms", models.PositiveBigIntegerField(help_text="milliseconds", null=True)),
                ("inspected_at", models.DateTimeField()),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "file",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inspection",
                        to="evidence.storedfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "inspection",
                "verbose_name_plural": "inspections",
            },
        ),
        migrations.CreateModel(
            name="Derivative",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "variant",
                    models.CharField(choices=[("preview", "preview"), ("thumbnail", "thumbnail")], max_length=10),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField(help_text="bytes")),
                ("width", models.PositiveIntegerField(help_text="pixels")),
                ("height", models.PositiveIntegerField(help_text="pixels")),
                ("tool", models.CharField(max_length=80)),
                ("storage_key", models.CharField(max_length=80)),
                ("derived_at", models.DateTimeField()),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="derivatives",
                        to="evidence.storedfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "derivative",
                "verbose_name_plural": "derivatives",
            },
        ),
        migrations.CreateModel(
            name="CustodyEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.PositiveIntegerField()),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("received", "received"),
                            ("derived", "preview made"),
                            ("viewed", "viewed"),
                            ("downloaded", "downloaded"),
                            ("verified", "verified"),
                            ("found_damaged", "found damaged"),
                        ],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("detail", models.JSONField(default=dict)),
                ("digest", models.CharField(max_length=64)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="custody_events",
                        to="evidence.storedfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "custody event",
                "verbose_name_plural": "custody events",
            },
        ),
        migrations.AddIndex(
            model_name="storedfile",
            index=models.Index(fields=["sha256"], name="evidence_file_sha256"),
        ),
        migrations.AddConstraint(
            model_name="storedfile",
            constraint=models.CheckConstraint(condition=models.Q(("size__gt", 0)), name="evidence_file_is_not_empty"),
        ),
        migrations.AddConstraint(
            model_name="storedfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="evidence_file_sha256_is_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="inspection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("file__isnull", False), ("reason", ""), ("verdict", "accepted")),
                    models.Q(("file__isnull", True), ("verdict", "refused"), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="evidence_inspection_accepts_or_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="derivative",
            constraint=models.UniqueConstraint(
                fields=("file", "variant", "sha256"), name="evidence_derivative_is_told_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="custodyevent",
            constraint=models.UniqueConstraint(fields=("file", "sequence"), name="evidence_custody_has_no_double_step"),
        ),
        migrations.AddConstraint(
            model_name="custodyevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("sequence__gte", 1)), name="evidence_custody_counts_from_one"
            ),
        ),
        AppendOnly("evidence_storedfile"),
        AppendOnly("evidence_inspection"),
        AppendOnly("evidence_derivative"),
        AppendOnly("evidence_custodyevent"),
    ]
