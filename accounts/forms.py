"""The admin's user forms: email address and name, without a user name or a superuser option."""

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import SwitchInput
from wagtail.users.forms import UserCreationForm, UserEditForm

from core.mail.addresses import with_ascii_host

from .models import User


class SignInForm(LoginForm):
    """The sign-in form, in which a host may be typed in Unicode or Punycode."""

    def clean_login(self) -> str:
        return with_ascii_host(super().clean_login())


class ForgottenPasswordForm(ResetPasswordForm):
    """The form to ask for a new password, with hosts as in `SignInForm`."""

    def clean_email(self) -> str:
        self.cleaned_data["email"] = with_ascii_host(self.cleaned_data["email"])
        return str(super().clean_email())


class BaseUserForm(forms.ModelForm):
    """What the forms for new and existing users share. Superusers are created on the command line only."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in ("first_name", "last_name", "is_superuser"):
            self.fields.pop(name, None)
        self.fields["email"].label = _("E-mail address")
        self.fields["email"].help_text = _("The person signs in with it.")
        self.fields["name"].required = True
        self.fields["name"].help_text = _("Seen by colleagues beside what the person wrote or published. Never shown to readers.")
        self.fields["groups"].label = _("Roles")
        self.fields["groups"].help_text = _(
            "Secretariat: everything. Editor: writes news and pages; the secretariat publishes them. "
            "Steering committee: reads and comments."
        )

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).strip().lower()
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a user with this address already."), code="duplicate_username")
        return email


class NewUserForm(BaseUserForm, UserCreationForm):
    """A user created without a password is invited by email to choose one."""

    password_required = False

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = _("Leave empty, and the person gets an e-mail with a link to choose their own.")

    class Meta(UserCreationForm.Meta):
        fields = ("email", "name", "groups")


class EditUserForm(BaseUserForm, UserEditForm):
    """Can also remove the second factor of a user who lost their phone, so that they set up a new one."""

    reset_two_factor = forms.BooleanField(
        label=_("Forget the two-factor sign-in"),
        required=False,
        help_text=_("Tick when the person has lost both the telephone and the recovery codes. They set it up anew at the next sign-in."),
    )

    def __init__(self, *args: Any, editing_self: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("New password")
        self.fields["is_active"].help_text = _("Untick when the person leaves. Better than deleting: what they wrote keeps its author.")
        if editing_self:
            del self.fields["is_active"]
        if editing_self or not is_mfa_enabled(self.instance):
            del self.fields["reset_two_factor"]

    class Meta(UserEditForm.Meta):
        fields = ("email", "name", "groups", "is_active")

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit=commit)
        if self.cleaned_data.get("reset_two_factor"):
            Authenticator.objects.filter(user=user).delete()
        return user


class NameForm(forms.ModelForm):
    """The user's own name. Only the secretariat changes an email address."""

    class Meta:
        model = User
        fields = ("name",)
        help_texts = {"name": _("As your colleagues see it.")}


class NotificationsForm(forms.ModelForm):
    """Whether the user is emailed about open work, as the admin home page counts it."""

    class Meta:
        model = User
        fields = ("wants_notifications",)
        widgets = {"wants_notifications": SwitchInput()}
        help_texts = {
            "wants_notifications": _(
                "A new application and an objection that stops a ballot at once; all else in one mail a day, in the morning, "
                "when something new has come. Only what your role lets you decide."
            )
        }
