"""The fields of an application, which of them are required, and their values as text."""

from django.utils.translation import gettext as _

from core.mail.addresses import canonical_address
from members.identity.form_fields import EVERYWHERE
from members.models import Application
from members.models.application import FILE_FIELDS
from members.states import OrganisationKind

ORGANISATION_FIELDS = (
    *("category", "name", "acronym", "other_names", "country", "countries_of_work", "kind", "founded", "website"),
    *("size", "registration", "for_profit_funding", "for_profit_explanation"),
)
REASON_FIELDS = ("work", "motivation", "goals", "working_groups", "heard", "agrees_vision", "agrees_terms")
PEOPLE_FIELDS = (
    *("representative_name", "representative_position", "representative_email", "representative_phone"),
    *("second_name", "second_position", "second_email"),
)
FORM_FIELDS = (*ORGANISATION_FIELDS, *REASON_FIELDS, *PEOPLE_FIELDS)
# The fields that keep, word for word, what was agreed with.
AGREED_WORDS = {"agrees_vision": "vision_agreed", "agrees_terms": "terms_agreed"}
# What is saved with a field of the form.
SAVED_WITH = {"country": "works_worldwide", **AGREED_WORDS}
# The fields that the secretariat may ask about.
ASKABLE_FIELDS = (*FORM_FIELDS, *FILE_FIELDS)


def missing_answers(application: Application) -> dict[str, str]:
    """Return what is missing before it can be submitted: a sentence by field, in the order of the form."""
    checks = {
        "name": (not application.name, _("Give the organisation’s name.")),
        "country": (
            not application.country and not application.is_global,
            _("Choose the country where you are based, or that you work in several countries or worldwide."),
        ),
        "kind": (application.kind not in OrganisationKind, _("Choose what kind of organisation it is.")),
        "size": (not application.size, _("Say roughly how many members or staff it has.")),
        "for_profit_funding": (application.for_profit_funding is None, _("Say whether for-profit health business funds it.")),
        "for_profit_explanation": (
            bool(application.for_profit_funding) and not application.for_profit_explanation,
            _("Explain the funding from for-profit health business."),
        ),
        "work": (not application.work, _("Tell what it does for health workers.")),
        "motivation": (not application.motivation, _("Tell why it wants to join.")),
        "agrees_vision": (not application.agrees_vision, _("Members share the coalition’s vision: please read it and agree.")),
        "agrees_terms": (not application.agrees_terms, _("Please read the terms and agree.")),
        "representative_name": (not application.representative_name, _("Give the name of its representative.")),
        "representative_position": (not application.representative_position, _("Say what the representative’s role is.")),
        "representative_email": (not application.representative_email, _("Give the representative’s e-mail address.")),
        "second_name": (not application.second_name, _("Give the name of a second contact: people move on.")),
        "second_email": (not application.second_email or _is_same_address(application), _("Give the second contact’s own e-mail address.")),
    }
    return {field: sentence for field, (is_missing, sentence) in checks.items() if is_missing}


def _is_same_address(application: Application) -> bool:
    return canonical_address(application.second_email) == canonical_address(application.representative_email)


def field_as_text(application: Application, field: str) -> str:
    """Return the value of a field as text for people; '' without a field."""
    if not field:
        return ""
    if field in FILE_FIELDS:
        return "\n".join(application.files.filter(kind=FILE_FIELDS[field]).values_list("name", flat=True))
    value = getattr(application, field)
    if field == "countries_of_work":
        return ", ".join(str(country.name) for country in value)
    if field == "country":
        return str(EVERYWHERE if application.is_global else value.name)
    if isinstance(value, bool):
        words = getattr(application, AGREED_WORDS.get(field, ""), "") if value else ""
        return f"{_('Yes') if value else _('No')}{f': {words}' if words else ''}"
    label = getattr(application, f"get_{field}_display", None)
    return str(label()) if label else ("" if value is None else str(value))
