"""The holder of an endorsement proposes a corrected name. `endorsements.moderation.names` accepts or declines it."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from wagtail.log_actions import log

from core.transitions import TransitionNotAllowed, transition
from endorsements.models import Endorsement, NameChange
from endorsements.models.name_change import NAME_FIELDS, name_of_endorsement
from endorsements.states import NAME_CHANGE_TRANSITIONS, NameChangeState


def waiting_proposal(endorsement: Endorsement) -> NameChange | None:
    return endorsement.name_changes.filter(state=NameChangeState.WAITING).first()


def propose_name(endorsement: Endorsement, values: Mapping[str, str], *, now: datetime) -> bool:
    """Propose another name, acronym, country or website. False if it is the present one. A proposal that waits is replaced."""
    former = name_of_endorsement(endorsement)
    new = former | {name: values[name] for name in NAME_FIELDS if name in values}
    if new == former or not endorsement.is_live:
        return False
    with transaction.atomic():
        Endorsement.objects.select_for_update().get(pk=endorsement.pk)  # one proposal at a time
        cancel_proposal(endorsement, now=now)
        NameChange.objects.create(
            endorsement=endorsement, proposed_at=now, **new, **{f"former_{name}": value for name, value in former.items()}
        )
        log(endorsement, "endorsements.propose_name")
    return True


def cancel_proposal(endorsement: Endorsement, *, now: datetime) -> bool:
    """Take a proposal back before it is decided on. False if none waits."""
    change = waiting_proposal(endorsement)
    try:
        return change is not None and transition(
            change,
            to=NameChangeState.CANCELLED,
            transitions=NAME_CHANGE_TRANSITIONS,
            action="endorsements.cancel_name",
            changes={"decided_at": now},
        )
    except TransitionNotAllowed:
        return False
