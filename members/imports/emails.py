"""The email to a contact that came with an import, which the secretariat sends when it chooses to."""

from datetime import datetime
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from core.absolute_urls import absolute
from core.mail.delivery import still_wanted
from core.mail.send import send
from core.mail.templates import email_template
from core.models import OutgoingMail
from members.applications.emails import NOT_ME, sample_not_me
from members.applications.emails import link as not_me_link
from members.models import Contact
from members.models.subjects import find_subject, subject
from members.review.emails import MEMBER, sample_organisation


def recorded(contact: Contact, *, now: datetime) -> bool:
    """Tell the contact that they are one, and how to keep the profile of their organisation up to date, once."""
    return send(
        "members/recorded",
        to=contact.email,
        about=subject(contact),
        key=(subject(contact), "recorded"),
        context={"organisation": contact.organisation, "link_url": absolute(reverse("member_link"))},
        links={"disown_url": partial(not_me_link, contact, NOT_ME)},
    )


@still_wanted("members.recorded")
def is_still_a_contact(mail: OutgoingMail) -> bool:
    return find_subject(mail.about) is not None


@email_template("members/recorded", gettext_lazy("Members: you are a contact"), MEMBER)
def _sample_recorded() -> dict[str, Any]:
    return {"organisation": sample_organisation(), "link_url": absolute(reverse("member_link"))} | sample_not_me()
