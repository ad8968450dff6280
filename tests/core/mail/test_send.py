"""The one way to write an email: who gets it, once, and what is refused."""

from typing import Any

import pytest

from core.mail.delivery import deliver, is_wanted
from core.mail.queue import forget
from core.mail.send import send
from core.mail.suppression import lift, suppress
from core.models import OutgoingMail
from core.states import MailState

pytestmark = pytest.mark.django_db
TEMPLATE, TO_COLLEAGUES, BY_COLLEAGUE = "members/profile", "members/application_arrived", "members/profile_answer"


class Links:
    """Counts the links that were made."""

    made = 0

    def make(self) -> str:
        self.made += 1
        return f"http://testserver/{self.made}/"


@pytest.fixture
def links() -> Links:
    return Links()


def write(links: Links, template: str = TEMPLATE, **changes: Any) -> bool:
    values: dict[str, Any] = {"to": "ada@example.org", "about": "contact:1", "key": ("contact:1", "profile"), "context": {}}
    return send(template, **values | {"links": {"profile_url": links.make}} | changes)


def test_an_email_has_the_key_purpose_and_seal_of_its_template(links: Links) -> None:
    assert write(links, key=("contact:1", "year", 3))
    row = OutgoingMail.objects.get()
    assert (row.key, row.purpose, row.about, row.sealed) == ("contact:1:year:3", "members.profile", "contact:1", True)
    assert b"http://testserver/1/" in row.content
    assert write(links, TO_COLLEAGUES)
    assert not OutgoingMail.objects.get(purpose="members.application_arrived").sealed


def test_it_is_written_once_for_a_key_and_no_link_is_made_in_vain(links: Links) -> None:
    assert [write(links, BY_COLLEAGUE), write(links, BY_COLLEAGUE), write(links, BY_COLLEAGUE, to="eve@example.org")] == [
        True,
        False,
        False,
    ]
    assert (OutgoingMail.objects.count(), links.made) == (1, 1)


def test_one_that_is_repeatable_is_numbered_even_when_its_text_is_forgotten(links: Links) -> None:
    assert write(links, is_repeatable=True)
    forget(about="contact:1")
    assert write(links, is_repeatable=True)
    assert [row.key for row in OutgoingMail.objects.order_by("pk")] == ["contact:1:profile:1", "contact:1:profile:2"]


def test_a_suppressed_address_gets_nothing_whatever_its_spelling(links: Links) -> None:
    suppress("ada@example.org")
    assert not write(links, BY_COLLEAGUE, to="ADA+list@example.org")
    assert not write(links, to="")
    assert (OutgoingMail.objects.count(), links.made) == (0, 0)
    assert write(links, to="ADA+list@example.org"), "whoever made us write it is not told"
    assert not write(links, to="ADA+list@example.org", by="a colleague"), "a colleague is"
    assert not OutgoingMail.objects.exists()
    assert lift("ada@example.org", by=None)
    assert write(links)
    assert OutgoingMail.objects.exists()


def test_an_address_suppressed_after_writing_gets_nothing_either(links: Links) -> None:
    assert write(links, "endorsements/withdrawn", context={"endorsement": None}, key=("endorsement:1", "withdrawn"))
    row = OutgoingMail.objects.get()
    assert is_wanted(row), "nothing else is asked about this email"
    suppress("ada@example.org")
    assert deliver() == {MailState.UNWANTED: 1}


def test_a_colleague_is_told_although_their_address_is_suppressed(links: Links) -> None:
    suppress("ada@example.org")
    assert write(links, TO_COLLEAGUES)


@pytest.mark.parametrize("address", ["no address", "two@example.org, addresses@example.org", "a@example.org\nBcc: b@example.org"])
def test_an_invalid_address_is_logged_and_stops_nothing(links: Links, address: str, caplog: pytest.LogCaptureFixture) -> None:
    assert not write(links, to=address)
    assert "members/profile about contact:1" in caplog.text
    assert "example.org" not in caplog.text
    assert not OutgoingMail.objects.exists()


def test_the_link_to_unsubscribe_is_offered_to_mail_programs(links: Links) -> None:
    assert write(links, unsubscribe="profile_url")
    content = bytes(OutgoingMail.objects.get().content)
    assert b"List-Unsubscribe: <http://testserver/1/>" in content
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in content
