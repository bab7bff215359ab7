from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """Those who log in. Elsewhere: `settings.AUTH_USER_MODEL` in models, else `get_user_model()`.

    New fields come here, and into `fieldsets` in admin.py.
    """
