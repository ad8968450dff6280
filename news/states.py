"""The kinds of post."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """All kinds share one listing, feed, archive and search; pages of each look different."""

    NEWS = "news", _("News")
    STATEMENT = "statement", _("Statement")
    OPINION = "opinion", _("Opinion")
    EVENT_REPORT = "event_report", _("Event report")
    BRIEFING = "briefing", _("Briefing")
    KEY_MESSAGES = "key_messages", _("Key messages")
    SPOTLIGHT = "spotlight", _("Spotlight")
    OPEN_LETTER = "open_letter", _("Open letter")
    DECLARATION = "declaration", _("Declaration")


# Kinds with a page model of their own: `SpotlightPage` and, in endorsements, `DeclarationPage`.
KINDS_WITH_OWN_MODEL = frozenset((Kind.SPOTLIGHT, Kind.DECLARATION))

# schema.org types; the rest are NewsArticle.
SCHEMA_TYPES: dict[str, str] = {Kind.OPINION: "OpinionNewsArticle", Kind.EVENT_REPORT: "ReportageNewsArticle", Kind.SPOTLIGHT: "Article"}
