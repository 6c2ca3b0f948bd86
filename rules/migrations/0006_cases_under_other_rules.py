from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rules", "0005_calendar_drafts")]

    # Which words a column may hold is for the application to say: the database knows nothing of them.
    operations = [migrations.SeparateDatabaseAndState(state_operations=[
        migrations.AlterField(
            model_name="calendaraction",
            name="kind",
            field=models.CharField(
                choices=[
                    ("shipped", "Came with a release"), ("begun", "Began a draft"), ("edited", "Changed the draft"),
                    ("imported", "Imported a file"), ("taken_over", "Took over the release’s edition"),
                    ("carried_over", "Carried the draft over"), ("submitted", "Submitted for approval"),
                    ("returned", "Sent back"), ("published", "Published"), ("discarded", "Discarded the draft"),
                    ("cases_migrated", "Put running cases under an edition"),
                ],
                max_length=20, verbose_name="action",
            ),
        ),
        migrations.AlterField(
            model_name="ruleaction",
            name="kind",
            field=models.CharField(
                choices=[
                    ("begun", "Began a draft"), ("edited", "Changed the draft"), ("imported", "Imported a document"),
                    ("sourced", "Stated sources"), ("carried_over", "Carried the draft over"),
                    ("proof_asked", "Asked for the proof"), ("trap_accepted", "Accepted a trap"),
                    ("submitted", "Submitted for approval"), ("returned", "Sent back"), ("approved", "Approved"),
                    ("published", "Published"), ("length_published", "Published one length"),
                    ("discarded", "Discarded the draft"), ("cases_migrated", "Put running cases under a version"),
                ],
                max_length=20, verbose_name="action",
            ),
        ),
    ])]  # fmt: skip
