"""Two colleagues at one pile: a decision counts only for what was on the screen when it was made.

Every form names its endorsements with the state they were shown in, as "12:confirmed". Whatever is in another state by then is left
alone, and whoever was slower is told what the faster one did.
"""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.admin.audit import last_transition
from core.mail.suppression import suppressed_among
from endorsements.models import DeclarationPage, Endorsement
from endorsements.states import State

SHORT = {State.PENDING: gettext_lazy("Not confirmed yet"), State.CONFIRMED: gettext_lazy("Waiting for you")}
# So many at once: one transaction holds up everybody else who writes.
PORTION = 200


def key_of(endorsement: Endorsement) -> str:
    """How a form names it: "12:confirmed"."""
    return f"{endorsement.pk}:{endorsement.state}"


def selected(values: Iterable[str]) -> dict[int, str]:
    """The shown states by primary key, of keys or several with commas between; what is not of that form is left out.

    Of more than a portion the first ones.
    """
    parts = (part.partition(":") for value in values for part in value.split(","))
    found = {int(pk): state for pk, _colon, state in parts if pk.isascii() and pk.isdecimal() and len(pk) < 18 and state}
    return dict(list(found.items())[:PORTION])


def as_shown(selection: Mapping[int, str], *, lock: bool = False) -> tuple[list[Endorsement], list[Endorsement]]:
    """Those still in the state they were shown in, and those that are not, each in the order in which they were selected.

    With `lock`, within a transaction, they stay so until its end: on PostgreSQL by a lock on the rows, on SQLite because a transaction
    that writes has the database to itself.
    """
    rows = Endorsement.objects.select_related("version", "organisation").filter(pk__in=selection)
    found = {row.pk: row for row in (rows.select_for_update(of=("self",)) if lock else rows)}
    ordered = [found[pk] for pk in selection if pk in found]
    with_declarations(ordered)
    return [row for row in ordered if row.state == selection[row.pk]], [row for row in ordered if row.state != selection[row.pk]]


def with_declarations(rows: Iterable[Endorsement]) -> dict[int, DeclarationPage]:
    """Give rows of the same declaration the same object: a page is heavy, and its rows are many. Returns the declarations by key."""
    rows = list(rows)
    pages: dict[int, DeclarationPage] = (
        DeclarationPage.objects.select_related("sign_on__version").in_bulk({row.declaration_id for row in rows}) if rows else {}
    )
    for row in rows:
        row.declaration = pages[row.declaration_id]
    return pages


def emailable(rows: Iterable[Endorsement]) -> list[Endorsement]:
    """Those whose holders have confirmed their addresses and have not asked us not to write."""
    confirmed = [row for row in rows if row.confirmed_at and row.email]
    unwanted = suppressed_among(row.email for row in confirmed)
    return [row for row in confirmed if row.email not in unwanted]


def name_of(endorsement: Endorsement) -> str:
    """Its name, or its number once the name is erased."""
    return endorsement.name or str(endorsement)


def short_state(endorsement: Endorsement) -> str:
    """Its state, for a narrow column."""
    return str(SHORT.get(State(endorsement.state), endorsement.get_state_display()))


def last_change(endorsement: Endorsement) -> str:
    """The last change of its state, for whoever was slower: "Midwives of Gulu: Declined (Ann Other, 2 minutes ago)"."""
    return f"{name_of(endorsement)}: {last_transition(endorsement) or endorsement.get_state_display()}"


def last_changes(changed: list[Endorsement], most: int = 5) -> str:
    """The same of several, in one sentence for the message on the next page."""
    changes = "; ".join(last_change(row) for row in changed[:most])
    return _("Left as they are, because they changed while you were reading: %(changes)s%(more)s") % {
        "changes": changes,
        "more": " …" if len(changed) > most else ".",
    }
