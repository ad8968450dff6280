"""When a post was published, for machines that ask to the minute of what editors date to the day."""

from datetime import datetime, time

from django.utils import timezone

from .models import PostPage


def published_at(post: PostPage) -> datetime:
    """The moment it went online when that was on its date, else noon of its date: the same day nearly everywhere on Earth.

    Never later than the moment it went online, whatever date an editor chose.
    """
    online = post.first_published_at
    if not post.date:  # a draft in its preview
        return online or timezone.now()
    noon = timezone.make_aware(datetime.combine(post.date, time(12)))
    if online and (timezone.localdate(online) == post.date or online < noon):
        return online
    return noon


def changed_at(post: PostPage) -> datetime:
    """When readers last got another text."""
    return max(post.last_published_at or published_at(post), published_at(post))
