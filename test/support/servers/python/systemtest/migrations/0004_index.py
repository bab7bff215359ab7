from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("systemtest", "0003_lock")]
    operations = [
        AddIndexConcurrently("item", models.Index(fields=["name"], name="item_name")),
    ]
