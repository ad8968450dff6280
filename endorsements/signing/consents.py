"""Consents as they were asked and answered (GDPR, Articles 4(11) and 7): with the exact words, their version, language and time."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _

from endorsements.models import Consent, DeclarationPage, Endorsement
from endorsements.states import Kind, Purpose

from .submission import Submission


def wording(purpose: str, page: DeclarationPage) -> str:
    """The words beside the box; '' when this declaration does not ask."""
    match purpose:
        case Purpose.SHOW_NAME:
            return str(page.name_wording)
        case Purpose.NEWS:
            return str(page.news_wording)
    return _("I am authorised to sign for this organisation.")


def version_of(words: str) -> str:
    return sha256(words.encode()).hexdigest()[:12]


def record_all(endorsement: Endorsement, submission: Submission, page: DeclarationPage, *, now: datetime) -> None:
    """The answers given with the form. Before the confirmation only the last ones count: those of an earlier try are replaced."""
    endorsement.consents.all().delete()
    answers = {Purpose.NEWS: submission.news}
    if submission.kind == Kind.ORGANISATION:
        answers[Purpose.AUTHORITY] = submission.authorised
    else:
        answers[Purpose.SHOW_NAME] = submission.show_name
    for purpose, given in answers.items():
        record(endorsement, purpose, given, page, language=submission.language, now=now)


def record(endorsement: Endorsement, purpose: Purpose, given: bool, page: DeclarationPage, *, language: str, now: datetime) -> bool:
    """Add an answer. False when it was not asked for here, or is the answer that holds already. What is asked no more can be taken back."""
    last = current_answer(endorsement, purpose)
    words = wording(purpose, page) or (last.wording if last is not None and not given else "")
    if not words or (last is not None and last.given == given):
        return False
    Consent.objects.create(
        endorsement=endorsement, purpose=purpose, given=given, wording=words, wording_version=version_of(words), language=language, at=now
    )
    return True


def current_answer(endorsement: Endorsement, purpose: str) -> Any:
    """The answer that holds: the newest; None when it was never asked."""
    return endorsement.consents.filter(purpose=purpose).order_by("at", "pk").last()
