"""One address has one host, by IDNA 2008: what is typed, stored, compared, shown and told to the mail server."""

from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from core.mail.addresses import readable_hosts, url_with_ascii_host, with_ascii_host
from core.mail.delivery import deliver
from core.mail.form_fields import EmailAddressField, WebsiteField
from core.mail.queue import enqueue
from core.models import OutgoingMail
from endorsements.models import Endorsement
from members.identity.keys import same_domain
from members.models import Contact
from tests.conftest import PASSWORD
from tests.core.mail.test_smtp import server  # noqa: F401
from tests.support.declarations import open_declaration
from tests.support.endorsing import sent
from tests.support.members import make_contact, make_organisation
from tests.support.smtp_server import Server

# As typed, and as stored and sent: letters that the rules of 2003 replace or drop, which makes another domain.
HOSTS = {
    "pflege-straße.example": "xn--pflege-strae-v9a.example",
    "PFLEGE-STRASSE.example": "PFLEGE-STRASSE.example",
    "faß。example": "xn--fa-hia.example",
    "νόσος.example": "xn--yxaejc8b.example",
    "نامه\u200cای.example": "xn--mgba3gch31f060k.example",
    "ශ්\u200dරී.example": "xn--10cl1a0b660p.example",
    "Bücher.example": "xn--bcher-kva.example",
    "bu\u0308cher.example": "xn--bcher-kva.example",
    "看護.example": "xn--c1yq94b.example",
    "xn--pflege-strae-v9a.example": "xn--pflege-strae-v9a.example",
    "ｐflege.example": "pflege.example",
    "𐐨𐐩.example": "xn--hj8cc.example",
}


@pytest.mark.parametrize(("typed", "stored"), HOSTS.items())
def test_a_host_is_encoded_by_the_rules_of_2008(typed: str, stored: str) -> None:
    assert with_ascii_host(f"office@{typed}") == f"office@{stored}"
    assert url_with_ascii_host(f"https://{typed}/é?x=1") == f"https://{stored}/é?x=1"
    assert EmailAddressField().clean(f" \u200eoffice@{typed} ") == f"office@{stored}"
    assert WebsiteField().clean(f"{typed}/team") == f"https://{stored}/team"
    assert same_domain(f"office@{typed}", f"https://www.{stored}")
    assert same_domain(f"office@{stored}", f"https://www.{typed}")


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("用户@example.org", "local_part"),
        ("josé@example.org", "local_part"),
        ("office@☕.example", "host"),
        ("office@-ü.example", "host"),
        ("office@ü..example", "host"),
        ("office@" + "ü" * 70 + ".example", "host"),
        ("office@127.0.0.1", "invalid"),
        ("office", "invalid"),
    ],
)
def test_what_cannot_be_written_to_is_refused_with_a_reason(address: str, code: str) -> None:
    with pytest.raises(ValidationError) as error:
        EmailAddressField().clean(address)
    assert error.value.error_list[0].code == code


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("office@xn--pflege-strae-v9a.example", "office@pflege-straße.example"),
        ("https://www.xn--c1yq94b.example/xn--a", "https://www.看護.example/xn--a"),
        ("https://xn--80ak6aa92e.com/", "https://xn--80ak6aa92e.com/"),  # looks like apple.com, in Cyrillic
        ("https://xn--d1acpjx3f.xn--p1ai/", "https://яндекс.рф/"),
        ("https://xn--googl-rsa.example", "https://googlë.example"),
        ("https://xn--ggle-55da.example", "https://xn--ggle-55da.example"),  # two Cyrillic letters among Latin ones
        ("https://xn--a.example", "https://xn--a.example"),
    ],
)
def test_a_host_is_shown_as_people_read_it_unless_it_could_deceive(stored: str, shown: str) -> None:
    assert readable_hosts(stored) == shown


@pytest.mark.django_db(transaction=True)
def test_the_mail_server_hears_the_host_that_was_meant(server: Server) -> None:  # noqa: F811
    for number, host in enumerate(HOSTS):
        to, sender = f"Büro <office@{host}>", "Köln <post@straße.example>"
        enqueue(EmailMessage("Subject", "Text", sender, [to], reply_to=[sender]), key=f"k{number}", purpose="test")
    assert deliver() == {"sent": len(HOSTS)}
    assert [recipient for recipient, _id in server.taken()] == [f"office@{host}" for host in HOSTS.values()]
    for stored, host in zip(OutgoingMail.objects.order_by("pk"), HOSTS.values(), strict=True):
        content = bytes(stored.content).decode()
        assert f"<office@{host}>" in content
        assert stored.sender == "post@xn--strae-oqa.example"
        assert "strasse.example" not in content.lower().replace("pflege-strasse", "")


@pytest.mark.django_db
def test_an_endorsement_is_written_to_and_known_at_its_own_domain(home: Any) -> None:
    address = f"{open_declaration().url}endorse/"
    sent(address, email="office@pflege-straße.example", website="https://pflege-straße.example/wir")
    row = Endorsement.objects.latest("pk")
    assert (row.email, row.website) == ("office@xn--pflege-strae-v9a.example", "https://xn--pflege-strae-v9a.example/wir")
    assert same_domain(row.email, row.website)
    assert OutgoingMail.objects.latest("pk").recipient == row.email
    sent(address, email="office@pflege-strasse.example", website="https://pflege-strasse.example", name="Others")
    other = Endorsement.objects.latest("pk")
    assert (other.key, other.address_key) != (row.key, row.address_key)


@pytest.mark.django_db
def test_what_is_stored_by_any_way_has_one_host_and_is_found_by_both_spellings() -> None:
    contact = make_contact(make_organisation(website="https://pflege-straße.example"), "office@pflege-straße.example")
    assert contact.email == "office@xn--pflege-strae-v9a.example"
    for spelling in ("office@pflege-straße.example", contact.email):
        assert Contact.objects.filter(email=spelling).get() == contact
        assert Contact.objects.filter(email__iexact=spelling.replace("office", "Office")).get() == contact


@pytest.mark.django_db
@pytest.mark.one_database
@pytest.mark.parametrize("typed", ["ada@pflege-straße.example", "ADA@xn--pflege-strae-v9a.example"])
def test_a_colleague_signs_in_with_either_spelling(make_user: Any, typed: str) -> None:
    user = make_user("Editor", email="ada@pflege-straße.example")
    assert user.email == "ada@xn--pflege-strae-v9a.example"
    assert Client().post(reverse("account_login"), {"login": typed, "password": PASSWORD}).status_code == 302
    assert Client().post(reverse("account_login"), {"login": "ada@pflege-strasse.example", "password": PASSWORD}).status_code == 200
    Client().post(reverse("account_reset_password"), {"email": typed})
    assert [message.to for message in mail.outbox] == [[user.email]]
