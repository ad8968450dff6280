"""The outbox in the admin: what the secretariat sees, what nobody sees, and who may send again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from core.mail.delivery import deliver
from core.mail.message import preview
from core.mail.queue import enqueue, send_again
from core.models import OutgoingMail
from core.states import MailState
from tests.support.emails import put

pytestmark = pytest.mark.one_database

ours = pytest.mark.django_db


def failed(**more: Any) -> OutgoingMail:
    row = put(**more)
    OutgoingMail.objects.filter(pk=row.pk).update(
        state=MailState.FAILED, last_error="550 no <such> mailbox", finished_at=timezone.now(), tries=1
    )
    row.refresh_from_db()
    return row


def test_the_secretariat_sees_and_sends_again(secretary: Any, signed_in: Callable[[Any], Client]) -> None:
    row, client = failed(), signed_in(secretary)
    assert "Mail that could not be sent" in client.get(reverse("wagtailadmin_home")).content.decode()
    listed = client.get(reverse("outgoingmail:index"), {"state": "failed"}).content.decode()
    address = reverse("outgoingmail:inspect", args=(row.pk,))
    assert "550 no &lt;such&gt; mailbox" in listed
    assert address in listed
    assert "Grüße" not in client.get(reverse("outgoingmail:index"), {"state": "sent"}).content.decode()
    assert "Send again" in client.get(address).content.decode()
    row.refresh_from_db()
    assert row.state == MailState.FAILED
    for _twice in range(2):
        assert client.post(address).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.tries, row.finished_at) == (MailState.WAITING, 0, None)
    assert ModelLogEntry.objects.filter(action="core.send_again", user=secretary).count() == 1
    assert "Send again" not in client.get(address).content.decode()
    assert "Mail that could not be sent" not in client.get(reverse("wagtailadmin_home")).content.decode()
    assert deliver() == {"sent": 1}
    assert client.post(address).status_code == 302
    assert deliver() == {}
    assert client.get(reverse("wagtailadmin_reports:site_history")).status_code == 200


def test_all_that_failed_is_sent_again_after_a_question(secretary: Any, editor: Any, signed_in: Callable[[Any], Client]) -> None:
    for number in range(3):
        failed(key=f"k{number}")
    OutgoingMail.objects.filter(key="k2").update(content=b"")
    put("waiting")
    address = reverse("outgoingmail:send_all_again")
    assert signed_in(editor).post(address).status_code in (302, 403)
    client = signed_in(secretary)
    assert address in client.get(reverse("outgoingmail:index")).content.decode()
    assert client.get(address).context["question"] == "Send 2 emails again?"
    assert OutgoingMail.objects.filter(state="failed").count() == 3
    assert client.post(address).status_code == 302
    assert deliver() == {"sent": 3}
    assert OutgoingMail.objects.get(state="failed").key == "k2"
    assert address not in client.get(reverse("outgoingmail:index")).content.decode()


def test_a_preview_runs_nothing_and_its_links_lead_nowhere(secretary: Any, signed_in: Callable[[Any], Client]) -> None:
    row = put()
    shown = signed_in(secretary).get(reverse("outgoingmail:inspect", args=(row.pk,))).content.decode()
    assert "Dear Ada" in shown
    assert 'sandbox="" srcdoc="&lt;p&gt;Dear &lt;a href=&quot;https://example.org/…&quot;' in shown
    assert "secret/abc" not in shown
    assert "<script>alert(1)" not in shown


@ours
@pytest.mark.parametrize(
    "link", ["https://h.example/a/tok", "https://h.example?t=tok", "HTTP://h.example#tok", "https://h.example&amp;tok"]
)
def test_every_form_of_link_is_cut(link: str) -> None:
    enqueue(
        EmailMultiAlternatives("S", f"<{link}>", None, ["a@example.org"], alternatives=[(f"<a href='{link}'>", "text/html")]),
        key="k",
        purpose="t",
    )
    shown = preview(OutgoingMail.objects.get())
    assert shown
    assert "tok" not in shown.text + shown.html


def test_a_sealed_mail_is_shown_to_nobody(secretary: Any, signed_in: Callable[[Any], Client]) -> None:
    row = put(sealed=True)
    shown = signed_in(secretary).get(reverse("outgoingmail:inspect", args=(row.pk,))).content.decode()
    assert "Dear Ada" not in shown
    assert preview(row) is None


def test_editors_neither_see_mail_nor_send_it(editor: Any, signed_in: Callable[[Any], Client]) -> None:
    row, client = failed(), signed_in(editor)
    address = reverse("outgoingmail:inspect", args=(row.pk,))
    for answer in (client.get(reverse("outgoingmail:index")), client.get(address), client.post(address)):
        assert answer.status_code in (302, 403)
    row.refresh_from_db()
    assert row.state == MailState.FAILED
    assert reverse("outgoingmail:index") not in client.get(reverse("wagtailadmin_home")).content.decode()


def test_superusers_cannot_write_mail_by_hand(django_user_model: Any, signed_in: Callable[[Any], Client], db: None) -> None:
    row = put()
    client = signed_in(django_user_model.objects.create_superuser("root@example.org", "x"))
    assert client.get(reverse("outgoingmail:index")).status_code == 200
    assert client.get(reverse("outgoingmail:inspect", args=(row.pk,))).status_code == 200
    for way in ("new/", f"edit/{row.pk}/", f"delete/{row.pk}/"):
        assert client.get(reverse("outgoingmail:index") + way).status_code == 404


@ours
def test_a_mail_whose_text_is_erased_is_not_sent_again() -> None:
    row = failed()
    row.content = b""
    assert not send_again(row, by=None)


def test_the_preview_shows_in_a_browser_and_runs_nothing(new_page: Callable[..., Any], secretary: Any) -> None:
    row = put()
    page = new_page(user=secretary)
    dialogs: list[str] = []

    def note(dialog: Any) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    page.goto(reverse("outgoingmail:inspect", args=(row.pk,)))
    assert page.frame_locator("iframe").locator("p").inner_text() == "Dear Ada"
    assert dialogs == []
