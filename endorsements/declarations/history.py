"""The history of a declaration: opened, milestones, versions, closed, delivered."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.utils.translation import gettext as _

from core.dates import site_date
from endorsements.models import DeclarationPage, Delivery, TextVersion
from endorsements.signatories.public_status import PublicStatus, grouped, noun_for


@dataclass(frozen=True)
class Event:
    """Something that happened on a day; `link` is the text of a link to `href`."""

    day: date
    title: str
    text: str = ""
    href: str = ""
    link: str = ""
    delivery: Delivery | None = None


def history(status: PublicStatus) -> list[tuple[int, list[Event]]]:
    """The events by year, the oldest first."""
    opened, closed = status.sign_on.opened_at, status.closed_at
    events = [
        *([Event(_day(opened), _("Opened for endorsement"))] if opened else []),
        *_milestones(status),
        *_versions(status),
        *([Event(_day(closed), _("Closed for endorsement"))] if closed else []),
        *_deliveries(status),
    ]
    by_year = groupby(sorted(events, key=lambda event: event.day), key=lambda event: event.day.year)
    return [(year, list(of_year)) for year, of_year in by_year]


def _milestones(status: PublicStatus) -> list[Event]:
    """The milestones reached; if there are several on one day, only the largest."""
    reached = {_day(moment): number for number, moment in status.counts.milestones}
    return [Event(day, f"{grouped(number)} {noun_for(status.page.who, number)}") for day, number in reached.items()]


def _versions(status: PublicStatus) -> list[Event]:
    """Each version after the first, with a link to what has changed."""
    events = []
    for version in status.versions[1:]:
        title = _("A slip in the text was corrected") if version.correction else _("Version %(number)d of the text")
        address = version_address(status.page, version)
        events.append(Event(_day(version.made_at), title % {"number": version.number}, version.note, address, _("What changed")))
    return events


def _deliveries(status: PublicStatus) -> list[Event]:
    events = []
    for delivery in status.deliveries:
        to = {"recipient": delivery.recipient}
        events.append(Event(delivery.delivered_on, _("Delivered to %(recipient)s") % to, delivery=delivery))
        if delivery.reply and delivery.replied_on:
            events.append(Event(delivery.replied_on, _("Reply from %(recipient)s") % to, delivery.reply))
    return events


def version_address(page: DeclarationPage, version: TextVersion) -> str:
    return f"{page.url}versions/{version.number}.{version.correction}/"


def _day(moment: datetime) -> date:
    return site_date(moment)
