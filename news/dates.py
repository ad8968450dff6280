"""When a post was published and changed, to the minute, for feeds and search engines. Editors give only the day."""

from datetime import datetime, time

from django.utils import timezone

from core.dates import site_date

from .models import PostPage


def published_at(post: PostPage) -> datetime:
    """When the post went online if that was on its date, else noon of its date, which is the same day nearly everywhere on Earth.

    Never later than when it went online, whatever date an editor chose.
    """
    online = post.first_published_at
    if not post.date:  # a draft in its preview
        return online or timezone.now()
    noon = timezone.make_aware(datetime.combine(post.date, time(12)))
    if online and (site_date(online) == post.date or online < noon):
        return online
    return noon


def changed_at(post: PostPage) -> datetime:
    """When the post was last published with a changed text."""
    return max(post.last_published_at or published_at(post), published_at(post))
