import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import contract.clock
from contract.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("rules", "0004_proofs_of_drafts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="calendaredition",
            name="shipped",
            # Until now editions came from the files of a release alone, and there was only the first.
            field=models.PositiveIntegerField(db_default=1, verbose_name="edition of the release"),
        ),
        migrations.AddField(
            model_name="calendaredition",
            name="published_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                to=settings.AUTH_USER_MODEL, verbose_name="published by",
            ),
        ),
        migrations.AddField(
            model_name="calendaredition",
            name="source",
            field=models.TextField(blank=True, db_default="", verbose_name="source"),
        ),
        migrations.AddField(
            model_name="calendaredition",
            name="note",
            field=models.TextField(blank=True, db_default="", verbose_name="note"),
        ),
        migrations.CreateModel(
            name="CalendarDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("country", models.CharField(max_length=10, verbose_name="country")),
                ("years", models.JSONField(default=dict, verbose_name="years")),
                ("shipped", models.PositiveIntegerField(verbose_name="edition of the release")),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="revision")),
                ("status", models.CharField(
                    choices=[("editing", "In work"), ("submitted", "Waits for approval"),
                             ("published", "Published"), ("discarded", "Discarded")],
                    default="editing", max_length=10, verbose_name="status",
                )),
                ("source", models.TextField(blank=True, verbose_name="source")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("created_at", models.DateTimeField(
                    db_default=contract.clock.Clock(), editable=False, verbose_name="begun",
                )),
                ("changed_at", models.DateTimeField(db_default=contract.clock.Clock(), verbose_name="changed")),
                ("author", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL,
                    verbose_name="author",
                )),
                ("base", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="rules.calendaredition",
                    verbose_name="builds on",
                )),
                ("changed_by", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL,
                )),
                ("published", models.OneToOneField(
                    null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to="rules.calendaredition",
                )),
                ("submitted_by", models.ForeignKey(
                    null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to=settings.AUTH_USER_MODEL,
                )),
            ],
            options={
                "verbose_name": "draft of a calendar",
                "verbose_name_plural": "drafts of calendars",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["editing", "submitted"])), fields=("country",),
                        name="rules_one_open_draft_per_calendar",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarAction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("country", models.CharField(max_length=10, verbose_name="country")),
                ("revision", models.PositiveIntegerField(default=0)),
                ("kind", models.CharField(
                    choices=[("shipped", "Came with a release"), ("begun", "Began a draft"),
                             ("edited", "Changed the draft"), ("imported", "Imported a file"),
                             ("taken_over", "Took over the release’s edition"),
                             ("carried_over", "Carried the draft over"), ("submitted", "Submitted for approval"),
                             ("returned", "Sent back"), ("published", "Published"),
                             ("discarded", "Discarded the draft")],
                    max_length=20, verbose_name="action",
                )),
                ("at", models.DateTimeField(
                    db_default=contract.clock.Clock(), editable=False, verbose_name="at",
                )),
                ("before", models.JSONField(null=True, verbose_name="before")),
                ("after", models.JSONField(null=True, verbose_name="after")),
                ("actor", models.ForeignKey(
                    null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to=settings.AUTH_USER_MODEL, verbose_name="by",
                )),
                ("draft", models.ForeignKey(
                    null=True, on_delete=django.db.models.deletion.PROTECT, related_name="actions",
                    to="rules.calendardraft", verbose_name="draft",
                )),
            ],
            options={
                "verbose_name": "action on a calendar",
                "verbose_name_plural": "actions on calendars",
                "indexes": [models.Index(fields=["country", "-id"], name="rules_actions_on_calendar")],
            },
        ),
        AppendOnly("rules_calendaraction"),
    ]
