"""Moments as people on every continent read them: a clock time never stands without its zone."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def clock(when: datetime) -> str:
    """Day, time and time zone: "3 May 2026, 23:59 CEST (UTC+2)"."""
    local = timezone.localtime(when)
    name = local.tzname() or ""
    offset = f"UTC{_offset(local.utcoffset() or timedelta())}"
    zone = f"{name} ({offset})" if name.isalpha() and name != "UTC" else offset
    return _("%(day)s, %(time)s %(zone)s") % {"day": date_format(local, "j F Y"), "time": date_format(local, "H:i"), "zone": zone}


@register.filter
def moment(when: datetime) -> SafeString:
    """The same as a `<time>`."""
    return format_html('<time datetime="{}">{}</time>', timezone.localtime(when).isoformat(timespec="minutes"), clock(when))


def _offset(offset: timedelta) -> str:
    """ "+2", "−3:30", or nothing at UTC itself."""
    minutes = round(offset.total_seconds() / 60)
    if not minutes:
        return ""
    hours, rest = divmod(abs(minutes), 60)
    return f"{'+' if minutes > 0 else '−'}{hours}{f':{rest:02d}' if rest else ''}"


@register.filter
def day(when: datetime) -> SafeString:
    """The day as a `<time>`, in the site's time zone."""
    local = timezone.localtime(when).date() if isinstance(when, datetime) else when
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), date_format(local, "j F Y"))
