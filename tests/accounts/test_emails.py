"""The emails about accounts: which of them a stranger can cause, and how many."""

from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.core.mail import mail_admins
from django.test import Client
from django.urls import reverse

from accounts.adapter import BY_STRANGERS
from core.models import OutgoingMail
from core.states import MailState
from core.web.limits import OF_ONE_KIND, OF_THE_SITE
from tests.template_database import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

# What only the holder of an account, or the secretariat, can cause.
BY_HOLDERS = {"invitation", "password_changed", "password_reset", "password_set"}


@pytest.fixture(autouse=True)
def outbox(settings: Any) -> Any:
    settings.EMAIL_BACKEND = "core.mail.backend.OutboxBackend"
    with time_machine.travel(datetime.fromisoformat("2026-03-10T12:05:00+00:00"), tick=False):
        yield


def states() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("state", flat=True))


def test_every_email_of_accounts_says_who_can_cause_it() -> None:
    names = {path.name.removesuffix("_subject.txt") for path in (ROOT / "templates/account/email").glob("*_subject.txt")}
    assert names == BY_HOLDERS | {name.rpartition("/")[2] for name in BY_STRANGERS}


def test_nobody_fills_the_mailbox_of_a_colleague_with_links_to_a_new_password(secretary: Any) -> None:
    answers = []
    for number in range(OF_ONE_KIND.most + 3):
        client = Client(REMOTE_ADDR=f"10.1.{number}.1")
        answers.append(client.post(reverse("account_reset_password"), {"email": secretary.email.upper()}, follow=True))
    assert {answer.status_code for answer in answers} == {200}
    assert states().count(MailState.WAITING) <= OF_ONE_KIND.most
    assert set(states()) <= {MailState.WAITING, MailState.LIMITED}


def test_error_reports_end_too(settings: Any) -> None:
    settings.ADMINS = [("Admin", "admin@example.org")]
    for number in range(OF_THE_SITE.most + 3):
        mail_admins(f"Error {number}", "Traceback")
    assert states() == [MailState.WAITING] * OF_THE_SITE.most + [MailState.LIMITED] * 3
