"""The one way to write an email. A package's `emails.py` names template, recipient, key and context; the rest is done here."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .queue import enqueue, is_stored, numbered
from .suppression import is_suppressed
from .templates import compose, find, one_click, purpose_of

logger = logging.getLogger(__name__)


def send(
    template: str,
    *,
    to: str,
    about: str,
    key: Sequence[object],
    context: Mapping[str, Any],
    links: Mapping[str, Callable[[], Any]] | None = None,
    unsubscribe: str = "",
    is_repeatable: bool = False,
) -> bool:
    """Store the email in `emails/<template>/`, in the transaction of the change that it reports. False if it is not written.

    It is not written without an address, to an address that is suppressed or invalid, or if it was written before: the parts of `key` name
    it, and no person. With `is_repeatable` the key is numbered, and each call writes another email. `about` is what the email is about, as
    `still_wanted` and `forget` find it. `links` are further context: functions that make new links, called only if the email is written.
    `unsubscribe` is the name of the one that mail programs offer as their "unsubscribe" button.

    Emails are sealed (no colleague can read them in the admin, and their text is erased once they are sent), except those to colleagues.
    """
    registered = find(template)
    to_colleagues = registered is not None and registered.to_colleagues
    if not to or (is_suppressed(to) and not to_colleagues):
        return False
    full_key = ":".join(map(str, key))
    if is_repeatable:
        full_key = numbered(full_key)
    elif is_stored(full_key):
        return False
    values = {**context, **{name: make() for name, make in (links or {}).items()}}
    headers = one_click(values[unsubscribe]) if unsubscribe else None
    message = compose(template, to=to, context=values, headers=headers)
    try:
        return enqueue(message, key=full_key, purpose=purpose_of(template), about=about, sealed=not to_colleagues)
    except ValueError:
        logger.warning("an email was not written (%s about %s): its address is invalid", template, about)
        return False
