"""The contacts of an organisation. They are never public."""

from collections.abc import Iterable
from typing import ClassVar, Self

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import Orderable

from core.forms.model_fields import LineField
from core.mail.addresses import canonical_address
from core.mail.earlier_addresses import hand_over, remember
from core.mail.model_fields import EmailAddressField
from core.relations import related_rows
from core.search_text import SearchedModel, SearchedQuerySet, SearchTextField
from members.identity.keys import name_words
from members.states import ContactRole

from .organisation import Organisation


class ContactQuerySet(SearchedQuerySet):
    def for_address(self, address: str) -> Self:
        return self.filter(address_key=canonical_address(address))

    def with_role(self, role: ContactRole) -> Self:
        return self.filter(**{role.value: True})

    def representatives(self) -> list["Contact"]:
        """The contacts who answer for an organisation; for a queryset of one organisation."""
        return representatives(self.order_by("sort_order", "pk"))


def representatives(contacts: "Iterable[Contact]") -> list["Contact"]:
    """Return the contacts who answer for their organisation: the voting representatives, else the alternates, else all.

    One whose address is not confirmed does not: somebody else typed it, and its owner may know nothing of it.
    """
    everybody = [contact for contact in contacts if contact.confirmed_at]
    voting = [contact for contact in everybody if contact.voting]
    return voting or [contact for contact in everybody if contact.alternate] or everybody


class Contact(SearchedModel, Orderable):
    """A person at an organisation. `__str__`, which the audit log keeps, does not name them.

    Saving another email address replaces the row, so that links and emails sent to the former address stop working. If the name is the
    same, answers and proposals move to the new row; if not, somebody else took over, and they stay with the organisation only.
    """

    organisation = ParentalKey(Organisation, on_delete=models.CASCADE, related_name="contacts")
    name = LineField(_("name"), max_length=120)
    email = EmailAddressField(_("e-mail address"), help_text=_("Their own. It is never shown in public."))
    address_key = models.CharField(max_length=254, blank=True, editable=False, help_text="The address in its canonical form.")
    position = LineField(_("role there"), max_length=120, blank=True, help_text=_("For example “Executive director”."))
    phone = models.CharField(_("telephone"), max_length=40, blank=True, help_text=_("With the code of the country."))
    voting = models.BooleanField(_("voting representative"), default=False, help_text=_("Is asked to endorse, and once a year to confirm."))
    alternate = models.BooleanField(_("alternate"), default=False, help_text=_("Is asked where there is no voting representative."))
    communications = models.BooleanField(_("communications"), default=False, help_text=_("For campaigns and the press."))
    finance = models.BooleanField(_("finance"), default=False, help_text=_("For money and contracts."))
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    # Empty for an address that an applicant typed for somebody else, until its owner presses the button in an email.
    confirmed_at = models.DateTimeField(_("address confirmed"), null=True, default=timezone.now, db_default=Now(), editable=False)
    search_text = SearchTextField("name")
    imported = models.ForeignKey(
        "members.ImportedMembers", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="contacts"
    )

    objects = ContactQuerySet.as_manager()

    panels: ClassVar = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("position")]),
        FieldRowPanel([FieldPanel("email"), FieldPanel("phone")]),
        FieldRowPanel([FieldPanel(role) for role in ContactRole.values]),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = (models.UniqueConstraint(fields=("organisation", "address_key"), name="contact_once_in_an_organisation"),)

    def __str__(self) -> str:
        return gettext("Contact %(number)d") % {"number": self.pk or 0}

    def save(self, *args: object, **kwargs: object) -> None:
        key = canonical_address(self.email)
        former = None
        if not self._state.adding and self.address_key != key:
            former = Contact.objects.filter(pk=self.pk).first()
            self.id = None
            self._state.adding = True
        self.address_key = key
        with transaction.atomic():
            super().save(*args, **kwargs)  # type: ignore[arg-type]
            if former and former.is_called(self.name):
                former.hand_over(self)
            if former:
                former.delete()

    def is_called(self, name: str) -> bool:
        """Whether it has this name, apart from case, accents and punctuation."""
        return name_words(self.name) == name_words(name)

    def hand_over(self, other: "Contact") -> None:
        """Move answers, proposals and earlier addresses to `other`, a contact for the same person."""
        for relation, rows in related_rows(self):
            rows.update(**{relation.field.name: other})
        hand_over(self, other)
        if self.address_key != other.address_key:
            remember(other, "email", self.email)

    @property
    def roles(self) -> list[str]:
        """The labels of its roles."""
        return [str(role.label) for role in ContactRole if getattr(self, role.value)]


class AddressChange(models.Model):
    """Another email address for a contact: asked for by an emailed link and used once it is confirmed, or entered by the secretariat.

    The former address can stop or undo it. It is deleted after 30 days.
    """

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="address_changes")
    former = EmailAddressField(_("former address"))
    email = EmailAddressField(_("new address"))
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("change of address")
        verbose_name_plural = _("changes of address")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("contact",), condition=Q(confirmed_at__isnull=True), name="address_change_once_pending"),
        )

    def __str__(self) -> str:
        return gettext("Change of address %(number)d") % {"number": self.pk or 0}
