"""The contacts of an organisation in the admin, each on a form of its own."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.views import generic
from wagtail.permissions import ModelPermissionPolicy

from core.admin.edit_views import EditConflictMixin, changed_by
from core.mail.addresses import canonical_address
from members.models import Contact, Organisation
from members.states import ContactRole

from . import contacts

LIST = "wagtailsnippets_members_organisation:list"
PAGE = "wagtailsnippets_members_organisation:inspect"


class ContactForm(WagtailAdminModelForm):
    """A contact whose address no other contact of the organisation has."""

    class Meta:
        model = Contact
        fields = ("name", "position", "email", "phone", *ContactRole.values)

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        others = Contact.objects.filter(organisation=self.instance.organisation_id).exclude(pk=self.instance.pk)
        if others.filter(address_key=canonical_address(email)).exists():
            raise ValidationError(str(contacts.TWICE))
        return email


class _OfOrganisation:
    """What all views of a contact share: the organisation in the address, its permission, and the way back."""

    model = Contact
    form_class: type[forms.Form] | type[ContactForm] = ContactForm
    permission_policy = ModelPermissionPolicy(Organisation)
    permission_required = "change"
    header_icon = "user"
    _show_breadcrumbs = True
    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def organisation(self) -> Organisation:
        return get_object_or_404(Organisation, pk=self.kwargs["organisation"])

    def get_success_url(self) -> str:
        return reverse(PAGE, args=(self.organisation.pk,))

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse(LIST), "label": _("Organisations")},
            {"url": self.get_success_url(), "label": self.organisation.name},
            {"url": "", "label": self.page_title},  # type: ignore[attr-defined]
        ]

    def get_page_subtitle(self) -> str:
        return self.organisation.name

    def get_success_buttons(self) -> list[Any]:
        return []

    def get_history_url(self) -> None:
        return None

    get_usage_url = get_copy_url = get_inspect_url = get_history_url

    def user_has_permission_for_instance(self, permission: str, _instance: Any) -> bool:
        return bool(self.permission_policy.user_has_permission(self.request.user, "change"))


class AddContact(_OfOrganisation, generic.CreateView):
    page_title = gettext_lazy("Add a contact")
    success_message = gettext_lazy("The contact is added, and told by email.")
    error_message = gettext_lazy("The contact could not be saved.")
    # Why what was sent to another form is shown here instead of being saved.
    refusal = ""

    def get_add_url(self) -> str:
        return reverse("organisation_contact_add", args=(self.organisation.pk,))

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": Contact(organisation=self.organisation)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with transaction.atomic():
            contacts.lock(self.organisation.pk)
            if not self.refusal:
                response: HttpResponseBase = super().post(request, *args, **kwargs)
                return response
        messages.warning(request, self.refusal)
        self.object = None
        self.form = self.get_form()
        return self.render_to_response(self.get_context_data(form=self.form))

    def save_instance(self) -> Contact:
        return contacts.save_contact(self.form.save(commit=False), by=self.request.user, now=timezone.now())


class EditContact(EditConflictMixin, _OfOrganisation, generic.EditView):
    page_title = gettext_lazy("Edit contact")
    success_message = gettext_lazy("The contact is saved. If the email address changed, both addresses are told.")
    error_message = gettext_lazy("The contact could not be saved.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if Contact.objects.filter(pk=kwargs["pk"], organisation=kwargs["organisation"]).exists():
            response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
            return response
        gone = _("This contact was removed, or got another email address, meanwhile.")
        if request.method == "POST":
            gone = f"{gone} {self._who()}."
            refusal = gone + " " + _("Nothing is saved. Save what you typed as a new contact, or go back to the organisation.")
            return AddContact.as_view(refusal=refusal)(request, organisation=kwargs["organisation"])
        messages.warning(request, gone)
        return redirect(self.get_success_url())

    def get_object(self, queryset: Any = None) -> Contact:
        return get_object_or_404(Contact.objects.select_related("organisation"), pk=self.kwargs["pk"])

    def _lock(self) -> None:
        contacts.lock(self.organisation.pk)

    def _who(self) -> str:
        """By the log of the organisation, where members' changes are too."""
        return changed_by(self.organisation, since=self.shown_at)

    def get_edit_url(self) -> str:
        return reverse("organisation_contact_edit", args=(self.organisation.pk, self.kwargs["pk"]))

    def get_delete_url(self) -> str:
        return reverse("organisation_contact_remove", args=(self.organisation.pk, self.kwargs["pk"]))

    def save_instance(self) -> Contact:
        return contacts.save_contact(self.form.save(commit=False), by=self.request.user, now=timezone.now())


class RemoveContact(_OfOrganisation, generic.DeleteView):
    form_class = forms.Form
    page_title = gettext_lazy("Remove contact")
    success_message = gettext_lazy("The contact is removed, and told by email.")
    confirmation_message = gettext_lazy("Remove this contact? Their links end at once, and an email tells them.")

    def get_object(self, queryset: Any = None) -> Contact:
        return get_object_or_404(Contact.objects.filter(organisation=self.organisation), pk=self.kwargs["pk"])

    def get_delete_url(self) -> str:
        return reverse("organisation_contact_remove", args=(self.organisation.pk, self.kwargs["pk"]))

    def delete_action(self) -> None:
        contacts.remove_contact(self.object, by=self.request.user, now=timezone.now())


def urls() -> list[URLPattern]:
    return [
        path("organisations/<int:organisation>/contacts/add/", AddContact.as_view(), name="organisation_contact_add"),
        path("organisations/<int:organisation>/contacts/<int:pk>/", EditContact.as_view(), name="organisation_contact_edit"),
        path("organisations/<int:organisation>/contacts/<int:pk>/remove/", RemoveContact.as_view(), name="organisation_contact_remove"),
    ]
