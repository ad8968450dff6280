"""Scheduled publishing and unpublishing.

Replaces Wagtail's `publish_scheduled`, which would publish twice on two hosts. Each page is checked again under a lock, in the transaction
that publishes it (a row lock on PostgreSQL, BEGIN IMMEDIATE on SQLite), so it is published exactly once.
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
    """Publish what is due, then unpublish what has expired, so that after days without a run expired pages end up unpublished.

    A page that fails does not stop the others. Raises RuntimeError at the end if one failed.
    """
    published, failed = _act_on_each(Revision.objects.filter(approved_go_live_at__lte=now).order_by("approved_go_live_at"), _publish)
    unpublished = 0
    for model in _models_with_drafts():
        ended, not_ended = _act_on_each(model.objects.filter(live=True, expire_at__lte=now).order_by("expire_at"), _unpublish)
        unpublished += ended
        failed += not_ended
    if failed:
        raise RuntimeError(f"could not publish or unpublish {', '.join(failed)}")
    return f"{published} published, {unpublished} unpublished" if published or unpublished else ""


def _publish(revision: Revision) -> None:
    revision.publish(log_action="wagtail.publish.scheduled")


def _unpublish(thing: Any) -> None:
    thing.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")


def _act_on_each(found: QuerySet[Any], act: Callable[[Any], None]) -> tuple[int, list[str]]:
    """Act on each row that the queryset still contains at its turn. Returns how many, and the names of those that failed."""
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


def _models_with_drafts() -> Iterable[type[Model]]:
    """Pages, and all other models with drafts."""
    others = [model for model in apps.get_models() if issubclass(model, DraftStateMixin) and not issubclass(model, Page)]
    return [Page, *others]
