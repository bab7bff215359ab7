from django.db import migrations


class Migration(migrations.Migration):
    """Runs for 3 s."""

    dependencies = [("systemtest", "0001_initial")]
    operations = [migrations.RunSQL("SELECT pg_sleep(3)", migrations.RunSQL.noop)]
