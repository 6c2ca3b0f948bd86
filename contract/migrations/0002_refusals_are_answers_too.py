from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contract", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="idempotencykey",
            name="refusal",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
    ]
