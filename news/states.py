"""The kinds of post."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """Each has its own dress on the page; all share one listing, one feed, one archive, one search."""

    NEWS = "news", _("News")
    STATEMENT = "statement", _("Statement")
    OPINION = "opinion", _("Opinion")
    EVENT_REPORT = "event_report", _("Event report")
    BRIEFING = "briefing", _("Briefing")
    KEY_MESSAGES = "key_messages", _("Key messages")
    SPOTLIGHT = "spotlight", _("Spotlight")
    OPEN_LETTER = "open_letter", _("Open letter")
    DECLARATION = "declaration", _("Declaration")


# Each is a kind of page with fields of its own: `SpotlightPage` and, in a room above, `DeclarationPage`.
KINDS_OF_THEIR_OWN = frozenset((Kind.SPOTLIGHT, Kind.DECLARATION))

# schema.org types; the rest are NewsArticle.
SCHEMA_TYPES: dict[str, str] = {Kind.OPINION: "OpinionNewsArticle", Kind.EVENT_REPORT: "ReportageNewsArticle", Kind.SPOTLIGHT: "Article"}
