"""The one way to write an email. A package's `emails.py` names template, recipient, key and context; the rest is done here."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.crypto import get_random_string

from core.web.limits import ASKED_FOR

from . import not_me
from .addresses import canonical_address
from .delivery import wake
from .limits import kept_back_because, limit_reached
from .queue import enqueue, is_stored, numbered
from .suppression import is_suppressed, refuses_strangers
from .templates import NOT_ME, EmailTemplate, compose, find, offers_not_me, one_click, purpose_of

logger = logging.getLogger(__name__)
Links = Mapping[str, Callable[[], Any]]


def send(
    template: str,
    *,
    to: str,
    about: str,
    key: Sequence[object],
    context: Mapping[str, Any],
    links: Links | None = None,
    unsubscribe: str = "",
    is_repeatable: bool = False,
    by: Any = None,
) -> bool:
    """Store the email in `emails/<template>/`, in the transaction of the change that it reports. False if it is not written.

    It is not written without an address, to an address that is suppressed or invalid, or if it was written before: the parts of `key` name
    it, and no person. With `is_repeatable` the key is numbered, and each call writes another email. `about` is what the email is about, as
    `still_wanted` and `forget` find it. `links` are further context: functions that make new links, called only if the email is written.
    `unsubscribe` is the name of the one that mail programs offer as their "unsubscribe" button.

    An email that somebody outside can cause (`Cause`) counts against the limits, unless a colleague (`by`) wants it sent; over a limit it
    is kept back for the secretariat. One that a stranger can cause offers "this wasn't me", and what comes of it shows in nothing: True,
    after the same work, queries and links, whether it was written, kept back, written before or refused by its recipient. Only
    a colleague is told.

    Emails are sealed (no colleague can read them in the admin, and their text is erased once they are sent), except those to colleagues.
    """
    if not to:
        return False
    registered = find(template) or EmailTemplate(template, template, dict)
    links, full_key = dict(links or {}), ":".join(map(str, key))
    if offers_not_me(registered, {**context, **links}):
        links[NOT_ME] = partial(not_me.link, to)
    was_written = not is_repeatable and is_stored(full_key)
    refused = not registered.to_colleagues and (refuses_strangers if registered.by_stranger else is_suppressed)(to)
    is_vain = was_written or refused
    if is_vain and not registered.by_stranger:
        return False
    limited = ""
    if registered.by_outsider and not by:
        limit = limit_reached(template, to, by_holder=not registered.by_stranger, counts=not is_vain)
        limited = kept_back_because([limit])
    if is_repeatable:
        full_key = numbered(full_key)
    elif was_written:
        full_key = f"{full_key}:{get_random_string(12)}"
    values = {**context, **{name: make() for name, make in links.items()}}
    headers = one_click(values[unsubscribe]) if unsubscribe else None
    message = compose(template, to=to, context=values, headers=headers)
    sealed = not registered.to_colleagues
    written = False
    with _undone(is_vain):
        try:
            written = enqueue(message, key=full_key, purpose=purpose_of(template), about=about, sealed=sealed, limited=limited)
        except ValueError:
            logger.warning("an email was not written (%s about %s): its address is invalid", template, about)
    return written and not (is_vain and by)


def rehearse(template: str, *, to: str) -> None:
    """Do the work of writing this email with its sample values, and undo it: for an address about which there is nothing to write."""
    registered, key = find(template), f"rehearsal:{get_random_string(12)}"
    if registered is None:
        raise ValueError(f"no email {template}")
    is_stored(key)
    refuses_strangers(to)
    limit_reached(template, to, counts=False)
    with _undone(True):
        not_me.link(to)
        not_me.link(to)
        enqueue(registered.compose(to=to), key=numbered(key), purpose=purpose_of(template), sealed=True)


@contextmanager
def undone_if_refused(address: str) -> Iterator[None]:
    """A transaction for what somebody asks in the name of this address. All is undone if its owner refused that we write to it.

    So what is done for it takes as long as for any other, and leaves nothing behind.
    """
    with transaction.atomic():
        ASKED_FOR.hit(canonical_address(address))  # stays, so that there is something to commit in any case
        with _undone(refuses_strangers(address)):
            yield


@contextmanager
def _undone(really: bool) -> Iterator[None]:
    """A transaction that is undone if `really`, and takes as long."""
    with transaction.atomic():
        yield
        if really:
            transaction.set_rollback(True)
    if really:
        transaction.on_commit(wake, robust=True)
