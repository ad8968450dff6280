"""Users: the secretariat, editors and members of the steering committee. Visitors have no account."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.mail.addresses import with_ascii_host
from core.mail.model_fields import EmailAddressField


class UserManager(BaseUserManager["User"]):
    """Creates users by email address, which is stored in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        if not email:
            raise ValueError("A user needs an email address.")
        user = self.model(email=with_ascii_host(email.strip()).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """Signs in by email. Colleagues see `name` in the admin; the public never sees users."""

    email = EmailAddressField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True, help_text=_("Untick instead of deleting the account."))
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)
    wants_notifications = models.BooleanField(_("send me mails about what waits for me"), default=True, db_column="hears_what_waits")
    digest_checked_at = models.DateTimeField(
        default=timezone.now,
        editable=False,
        db_column="told_at",
        help_text="When open work was last checked for this user's morning email.",
    )
    digest_sent_at = models.DateTimeField(null=True, editable=False, help_text="When the last morning email was written.")

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_once_in_any_case"),)

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name.split()[0] if self.name else self.email

    @property
    def first_name(self) -> str:
        """Wagtail's user listing needs it."""
        return self.name

    @property
    def last_name(self) -> str:
        return ""
