"""Publishing and unpublishing at the time an editor set.

In place of Wagtail's `publish_scheduled`, which two hosts would run twice: each page is looked at again under a lock, in the
transaction that publishes it (a row lock on PostgreSQL, BEGIN IMMEDIATE on SQLite), so it is published once, and not half.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Model, QuerySet
from wagtail.models import DraftStateMixin, Page, Revision

from core.due import due

logger = logging.getLogger(__name__)


@due("scheduled pages")
def publish_and_unpublish(now: datetime) -> str:
    """Publish what is due, then unpublish what has expired: after days without a run, what was due and over in between ends as over.

    One page that cannot be published does not keep the others back. Raises RuntimeError at the end when there was one.
    """
    published, failed = _each(Revision.objects.filter(approved_go_live_at__lte=now).order_by("approved_go_live_at"), _publish)
    unpublished = 0
    for model in _with_drafts():
        ended, stuck = _each(model.objects.filter(live=True, expire_at__lte=now).order_by("expire_at"), _unpublish)
        unpublished += ended
        failed += stuck
    if failed:
        raise RuntimeError(f"could not publish or unpublish {', '.join(failed)}")
    return f"{published} published, {unpublished} unpublished" if published or unpublished else ""


def _publish(revision: Revision) -> None:
    revision.publish(log_action="wagtail.publish.scheduled")


def _unpublish(thing: Any) -> None:
    thing.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")


def _each(found: QuerySet[Any], act: Callable[[Any], None]) -> tuple[int, list[str]]:
    """Act on each of the rows that is still found when it is its turn; how many were, and the names of those that failed."""
    done, failed = 0, []
    for pk in list(found.values_list("pk", flat=True)):
        try:
            done += _once(found.filter(pk=pk), act)
        except Exception:
            logger.exception("scheduled publishing failed for %s %s", found.model._meta.label, pk)
            failed.append(f"{found.model._meta.verbose_name} {pk}")
    return done, failed


def _once(row: QuerySet[Any], act: Callable[[Any], None]) -> int:
    with transaction.atomic():
        thing = row.select_for_update(of=("self",)).first()
        if thing is None:
            return 0  # another host was faster
        act(thing)
        return 1


def _with_drafts() -> Iterable[type[Model]]:
    """Pages, and whatever else of the site may expire."""
    others = [model for model in apps.get_models() if issubclass(model, DraftStateMixin) and not issubclass(model, Page)]
    return [Page, *others]
