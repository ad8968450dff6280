"""The site's day, and dates and times as readers on every continent understand them."""

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _


def site_date(moment: datetime) -> date:
    """The day of that moment in the time zone of the site. In the admin, Django's `localdate` takes the user's."""
    return timezone.localdate(moment, timezone.get_default_timezone())


def site_today() -> date:
    """Today in the time zone of the site."""
    return site_date(timezone.now())


def datetime_text(moment: datetime) -> str:
    """Day, time and time zone: "3 May 2026, 23:59 CEST (UTC+2)"."""
    local = timezone.localtime(moment)
    name = local.tzname() or ""
    offset = f"UTC{_offset(local.utcoffset() or timedelta())}"
    zone = f"{name} ({offset})" if name.isalpha() and name != "UTC" else offset
    return _("%(day)s, %(time)s %(zone)s") % {"day": date_format(local, "j F Y"), "time": date_format(local, "H:i"), "zone": zone}


def datetime_html(moment: datetime) -> SafeString:
    """The same in a `<time>` element."""
    return format_html('<time datetime="{}">{}</time>', timezone.localtime(moment).isoformat(timespec="minutes"), datetime_text(moment))


def date_html(when: date | datetime) -> SafeString:
    """The day in the time zone of the site, as "3 May 2026", in a `<time>` element."""
    day = site_date(when) if isinstance(when, datetime) else when
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), date_format(day, "j F Y"))


def _offset(offset: timedelta) -> str:
    """ "+2", "−3:30", or "" at UTC itself."""
    minutes = round(offset.total_seconds() / 60)
    if not minutes:
        return ""
    hours, rest = divmod(abs(minutes), 60)
    return f"{'+' if minutes > 0 else '−'}{hours}{f':{rest:02d}' if rest else ''}"
