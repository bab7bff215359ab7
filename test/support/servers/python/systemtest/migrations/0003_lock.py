from django.db import migrations


class Migration(migrations.Migration):
    """Needs the table for itself, for a moment."""

    dependencies = [("systemtest", "0002_long")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE systemtest_item ADD COLUMN note text",
            "ALTER TABLE systemtest_item DROP COLUMN note",
        ),
    ]
