"""What the secretariat decides, and undoes, is what screens and emails say: after a delivery, over a limit, and a second time."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.mail.delivery import is_wanted
from core.mail.suppression import suppress
from core.models import OutgoingMail
from core.states import MailState
from endorsements.deliveries import mailings
from endorsements.deliveries.workflow import announce, deliver
from endorsements.models import BulkAct, Delivery, Endorsement, SignOn
from endorsements.models.sign_on import sign_on_of
from endorsements.moderation import workflow as moderation
from endorsements.signing import workflow as signing
from endorsements.states import DeclineReason, MailingKind, SignOnState, State
from tests.support.answers import levels, said
from tests.support.declarations import HANDED_OVER, PERSON, closed, confirmed, delivered, open_declaration, submitted
from tests.support.endorsing import ELSEWHERE, mails, text_of, words

pytestmark = pytest.mark.django_db


def now() -> Any:
    return timezone.now()


def mark(row: Endorsement) -> str:
    return f"{row.pk}:{row.state}"


def waits(page: Any, number: int = 0) -> Endorsement:
    """One that waits for the secretariat."""
    return confirmed(page, name=f"Waits {number}", website=f"https://waits{number}.example", **ELSEWHERE)


def fresh(row: Endorsement) -> Endorsement:
    return Endorsement.objects.select_related("declaration").get(pk=row.pk)


def undo_last(client: Client) -> Any:
    return client.post(reverse("endorsement_queue:act", args=(BulkAct.objects.latest("pk").pk,)), follow=True)


def ticked(client: Client, action: str, *rows: Endorsement) -> Any:
    return client.post(reverse("endorsement_queue:chosen"), {"action": action, "row": [mark(fresh(row)) for row in rows]}, follow=True)


def decline(client: Client, *rows: Endorsement, **fields: str) -> None:
    form = {"row": [mark(fresh(row)) for row in rows], "reason": "authority", "tell": "on", "step": "do", **fields}
    assert client.post(reverse("endorsements:decline"), form).status_code == 302


# After a delivery


def test_news_of_a_delivery_goes_only_to_names_that_were_handed_over() -> None:
    page = open_declaration()
    stays, withdraws, declined, held = (confirmed(page, PERSON, email=f"p{n}@example.net") for n in range(4))
    late = waits(page)
    delivery = delivered(page)
    assert set(delivery.signatories.all()) == {stays, withdraws, declined, held}
    moderation.approve(fresh(late), by=None, now=now())
    signing.withdraw(withdraws, shown=False, now=now())
    announce(delivery, MailingKind.DELIVERED, by=None, now=now())
    moderation.decline(declined, reason=DeclineReason.OTHER, by=None, now=now())
    mailings.queue_due_mailings(now())
    assert {mail.recipient for mail in mails("delivered")} == {stays.email, held.email}
    moderation.hold(held, by=None, now=now())
    assert [mail.recipient for mail in mails("delivered") if is_wanted(mail)] == [stays.email]
    again = deliver(sign_on_of(page), **{**HANDED_OVER, "recipient": "The Parliament"}, by=None, now=now())
    assert set(again.signatories.all()) == {stays, late}


def test_a_delivery_of_an_earlier_release_judges_by_the_time_of_listing() -> None:
    page = open_declaration()
    row, late = confirmed(page, PERSON), waits(page)
    delivery = delivered(page)
    delivery.signatories.clear()
    moderation.approve(fresh(late), by=None, now=now())
    announce(delivery, MailingKind.DELIVERED, by=None, now=now())
    mailings.queue_due_mailings(now())
    assert [mail.recipient for mail in mails("delivered")] == [row.email]


@pytest.mark.parametrize("door", ["one", "ticked", "second person"])
def test_what_is_approved_after_a_delivery_is_told_as_that(secretary_client: Client, door: str) -> None:
    page = open_declaration(organisation_rule="green" if door == "second person" else "none")
    row, delivery = waits(page), delivered(page)
    match door:
        case "one":
            assert secretary_client.get(reverse("endorsements:inspect", args=(row.pk,))).context["delivery"] == delivery
            form = {"action": "approve", "shown": row.state}
            answer = secretary_client.post(reverse("endorsements:decide", args=(row.pk,)), form, follow=True)
            assert delivery.recipient in said(answer)
        case "ticked":
            assert levels(ticked(secretary_client, "approve", row)) == ["success", "info"]
        case "second person":
            signing.list_endorsement(fresh(row), by=None, now=now())
    assert fresh(row).state == State.LISTED
    (mail,) = mails("listed")
    assert delivery.recipient in text_of(mail)
    assert "after the delivery" in words(Client().get(f"{page.url}signatories/"))
    assert Delivery.objects.get(pk=delivery.pk).content == delivery.content


def test_a_name_that_was_handed_over_is_not_called_late() -> None:
    """Taken out after the delivery and listed again."""
    page = open_declaration()
    row = confirmed(page, PERSON)
    delivery = delivered(page)
    moderation.hold(row, by=None, now=now())
    moderation.approve(fresh(row), by=None, now=now())
    assert delivery.recipient not in text_of(mails("listed")[0])
    assert "after the delivery" not in words(Client().get(f"{page.url}signatories/"))


# The email to confirm


@pytest.mark.parametrize("why", ["closed", "delivered", "suppressed", "limit", "draft"])
def test_an_email_that_cannot_be_sent_is_not_reported_as_sent(secretary_client: Client, why: str) -> None:
    page = open_declaration()
    row = submitted(page, over_limit=True)
    match why:
        case "closed":
            closed(page)
        case "delivered":
            delivered(page)
        case "suppressed":
            suppress(row.email)
        case "limit":
            for _turn in range(3):
                moderation.release(fresh(row), by=None, now=now())
                moderation.hold(fresh(row), by=None, now=now())
        case "draft":
            SignOn.objects.filter(declaration=page).update(state=SignOnState.DRAFT)
    before = (fresh(row).state, fresh(row).hold_reason, len(mails("confirm")))
    form = {"action": "release", "shown": "held"}
    answer = secretary_client.post(reverse("endorsements:decide", args=(row.pk,)), form, follow=True)
    assert levels(answer) == ["error"]
    assert levels(ticked(secretary_client, "release", row)) == ["warning"]
    assert (fresh(row).state, fresh(row).hold_reason, len(mails("confirm"))) == before


# Again, and undone


def test_a_repeated_decision_is_told_each_time(secretary_client: Client) -> None:
    row = waits(open_declaration())
    decline(secretary_client, row)
    undo_last(secretary_client)
    decline(secretary_client, row, message="We looked again.")
    first, second = mails("declined")
    assert (first.state, second.state) == (MailState.UNWANTED, MailState.WAITING)
    assert "We looked again." in text_of(second)
    undo_last(secretary_client)
    for _twice in range(2):
        moderation.approve(fresh(row), by=None, now=now())
        moderation.hold(fresh(row), by=None, now=now())
    assert len(mails("listed")) == 2


@pytest.mark.parametrize("was_sent", [True, False])
@pytest.mark.parametrize("action", ["decline", "approve"])
def test_undoing_stops_the_email_or_tells_the_holder(secretary_client: Client, action: str, was_sent: bool) -> None:
    row = waits(open_declaration(organisation_rule="none"))
    if action == "decline":
        decline(secretary_client, row)
    else:
        ticked(secretary_client, "approve", row)
    (mail,) = mails("declined" if action == "decline" else "listed")
    if was_sent:
        OutgoingMail.objects.filter(pk=mail.pk).update(state=MailState.SENT)
    assert levels(undo_last(secretary_client))[-2:] == ["success", "info"]
    mail.refresh_from_db()
    assert mail.state == (MailState.SENT if was_sent else MailState.UNWANTED)
    told = mails("undone")
    assert [one.recipient for one in told] == ([row.email] if was_sent else [])
    assert all(is_wanted(one) for one in told)
    assert fresh(row).state == State.CONFIRMED
    moderation.approve(fresh(row), by=None, now=now())
    assert not any(is_wanted(one) for one in told), "it says that the secretariat still looks at it"


def test_undoing_restores_exactly(secretary_client: Client) -> None:
    page = open_declaration(organisation_rule="none")
    held, waiting, listed, unconfirmed = waits(page, 1), waits(page, 2), waits(page, 3), submitted(page, over_limit=True)
    moderation.hold(held, by=None, now=now())
    moderation.approve(listed, by=None, now=now() - timedelta(days=3))
    rows = Endorsement.objects.filter(declaration=page).order_by("pk")
    fields = ("state", "hold_reason", "decline_reason", "merged_into_id", "ended_at", "listed_at", "mailed_at")
    before = list(rows.values_list(*fields))
    ticked(secretary_client, "approve", held, waiting)
    assert fresh(held).hold_reason == ""
    undo_last(secretary_client)
    ticked(secretary_client, "hold", waiting, listed)
    undo_last(secretary_client)
    ticked(secretary_client, "release", unconfirmed)
    undo_last(secretary_client)
    decline(secretary_client, held, waiting, listed, unconfirmed)
    undo_last(secretary_client)
    merge = {"stays": mark(fresh(listed)), "same": [mark(fresh(held)), mark(fresh(waiting))]}
    secretary_client.post(reverse("endorsements:merge", args=(listed.pk,)), merge)
    assert fresh(held).merged_into == listed
    undo_last(secretary_client)
    assert list(rows.values_list(*fields)) == before


def test_what_a_colleague_moved_away_and_back_is_not_undone(secretary_client: Client) -> None:
    row = waits(open_declaration(organisation_rule="none"))
    ticked(secretary_client, "approve", row)
    moderation.hold(fresh(row), by=None, now=now())
    moderation.approve(fresh(row), by=None, now=now())
    assert "success" not in levels(undo_last(secretary_client))
    assert fresh(row).state == State.LISTED


# How a name is listed


@pytest.mark.parametrize("show_name", [True, False])
def test_an_email_says_how_a_person_is_listed(show_name: bool) -> None:
    confirmed(open_declaration(), PERSON, show_name=show_name)
    assert ("not shown, as you chose" in text_of(mails("confirmed")[0])) is not show_name


def test_a_thank_you_that_is_not_true_any_more_is_not_sent() -> None:
    row = confirmed(open_declaration(), PERSON)
    (mail,) = mails("confirmed")
    assert is_wanted(mail)
    moderation.hold(row, by=None, now=now())
    assert not is_wanted(mail)
