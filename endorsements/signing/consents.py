"""Consents, stored with the exact wording that was shown, its version, language and time (GDPR, Articles 4(11) and 7)."""

import json
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from core.mail.addresses import canonical_address
from endorsements.models import Consent, DeclarationPage, Endorsement, TextVersion
from endorsements.states import Kind, Purpose

from .submission import Submission


def record_form_consents(endorsement: Endorsement, submission: Submission, page: DeclarationPage, *, now: datetime) -> None:
    """Record the answers given in the form."""
    for purpose, given, text in _answers(submission, page):
        _add(endorsement, purpose, given, text, language=submission.language, now=now)


def answers_hash(submission: Submission, page: DeclarationPage, version: TextVersion | None) -> str:
    """The same for the same answers from the same address to the same text and questions, in any language."""
    values = submission.row() | {"email": canonical_address(submission.email), "language": "", "website": submission.website.rstrip("/")}
    answers = [sorted(values.items()), _answers(submission, page), version.number if version else 0]
    return salted_hmac("endorsements.answers", json.dumps(answers, default=str), algorithm="sha256").hexdigest()


def has_same_answers(endorsement: Endorsement, submission: Submission) -> bool:
    """Whether the endorsement is what the submission would make it."""
    values = submission.row() | {"email": endorsement.email, "language": endorsement.language}
    if endorsement.website.rstrip("/") == submission.website.rstrip("/"):
        values["website"] = endorsement.website
    news = current_consent(endorsement, Purpose.NEWS)
    same_news = submission.news == bool(news and news.given)
    return same_news and all(getattr(endorsement, name) == value for name, value in values.items())


def _answers(submission: Submission, page: DeclarationPage) -> list[tuple[Purpose, bool, str]]:
    """Purpose, answer and wording of each question that the form asks."""
    answers = {Purpose.NEWS: submission.news}
    if submission.kind == Kind.ORGANISATION:
        answers[Purpose.AUTHORITY] = submission.authorised
    else:
        answers[Purpose.SHOW_NAME] = submission.show_name
    return [(purpose, given, text) for purpose, given in answers.items() if (text := wording(purpose, page))]


def record_consent(endorsement: Endorsement, purpose: Purpose, given: bool, page: DeclarationPage, *, language: str, now: datetime) -> bool:
    """Add an answer. False if the declaration does not ask, or the answer is unchanged.

    A consent that the declaration has stopped asking for can still be withdrawn.
    """
    last = current_consent(endorsement, purpose)
    text = wording(purpose, page) or (last.wording if last is not None and not given else "")
    if not text or (last is not None and last.given == given):
        return False
    _add(endorsement, purpose, given, text, language=language, now=now)
    return True


def _add(endorsement: Endorsement, purpose: Purpose, given: bool, text: str, *, language: str, now: datetime) -> None:
    version = sha256(text.encode()).hexdigest()[:12]
    Consent.objects.create(
        endorsement=endorsement, purpose=purpose, given=given, wording=text, wording_version=version, language=language, at=now
    )


def current_consent(endorsement: Endorsement, purpose: str) -> Any:
    """The newest answer, which counts; None if it was never asked."""
    return endorsement.consents.filter(purpose=purpose).order_by("at", "pk").last()


def wording(purpose: str, page: DeclarationPage) -> str:
    """The text beside the checkbox; '' if this declaration does not ask."""
    match purpose:
        case Purpose.SHOW_NAME:
            return str(page.name_wording)
        case Purpose.NEWS:
            return str(page.news_wording)
    return _("I am authorised to sign for this organisation.")
