"""The words for how an organisation stands to the coalition."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    """Of a membership."""

    MEMBER = "member", _("Member")
    OBSERVER = "observer", _("Observer")


class Role(models.TextChoices):
    """What a list of organisations may be asked for. Steering is a seat held, the others a kind of membership."""

    MEMBER = "member", _("Members")
    OBSERVER = "observer", _("Observers")
    STEERING = "steering", _("Steering committee")
    FOUNDING = "founding", _("Founding members")


class OrganisationKind(models.TextChoices):
    NGO = "ngo", _("Non-governmental organisation")
    PROFESSIONAL = "professional", _("Professional association")
    UNION = "union", _("Trade union")
    FAITH = "faith", _("Faith-based organisation")
    ACADEMIC = "academic", _("University or research institute")
    COMMUNITY = "community", _("Community or patients’ group")
    NETWORK = "network", _("Network or coalition")
    PROVIDER = "provider", _("Health facility or service")
    OTHER = "other", _("Other")
