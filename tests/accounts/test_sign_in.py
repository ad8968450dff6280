"""Signing in by e-mail, the password, the second factor, and the accounts of new people."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings as django_settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.urls import urlpatterns
from tests.conftest import PASSWORD

pytestmark = pytest.mark.one_database

SignIn = Callable[[Any], Client]
NEW_PASSWORD = "a sentence nobody else has"


def sign_in(email: str, password: str = PASSWORD, client: Client | None = None) -> tuple[Client, Any]:
    client = client or Client()
    return client, client.post(reverse("account_login"), {"login": email, "password": password})


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("wagtailadmin_home")).status_code == 200


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def link_in(message: Any) -> str:
    return re.search(r"https?://\S+(/admin/account/password/reset/key/\S+)", message.body)[1]  # type: ignore[index]


def test_signs_in_by_address_in_any_case(secretary: Any) -> None:
    client, answer = sign_in(secretary.email.upper())
    assert answer.status_code == 302
    assert answer["Location"] == reverse("wagtailadmin_home")
    assert is_signed_in(client)


def test_goes_where_one_wanted_to_go_but_not_to_another_site(secretary: Any) -> None:
    client = Client()
    wanted = client.get("/admin/pages/")
    assert wanted.status_code == 302
    assert wanted["Location"].startswith("/admin/account/login/?next=")
    for target, where in (("/admin/pages/", "/admin/pages/"), ("https://evil.example/", reverse("wagtailadmin_home"))):
        answer = Client().post(reverse("account_login"), {"login": secretary.email, "password": PASSWORD, "next": target})
        assert answer["Location"] == where


def test_wagtails_own_sign_in_and_password_pages_lead_to_ours(secretary: Any, signed_in: SignIn) -> None:
    assert Client().get("/admin/login/?next=/admin/pages/")["Location"] == "/admin/account/login/?next=/admin/pages/"
    assert Client().get(reverse("wagtailadmin_password_reset")).status_code in (302, 404)
    account = signed_in(secretary).get(reverse("wagtailadmin_account")).content.decode()
    assert reverse("account_change_password") in account
    assert reverse("mfa_index") in account
    assert 'type="password"' not in account
    assert 'type="file"' not in account, "a profile picture would be an upload that nobody checks"


@pytest.mark.parametrize("path", ["/_util/login/", "/admin/login/"])
def test_no_sign_in_goes_round_the_second_factor(path: str, secretary: Any) -> None:
    client = Client()
    answer = client.post(path, {"username": secretary.email, "password": PASSWORD})
    assert answer["Location"].startswith(reverse("account_login"))
    assert not is_signed_in(client)


def test_one_changes_ones_own_name_not_ones_address(editor: Any, signed_in: SignIn) -> None:
    signed_in(editor).post(
        reverse("wagtailadmin_account"),
        {
            "name-name": "New Name",
            "name-email": "new@example.org",
            "theme-theme": "system",
            "theme-contrast": "system",
            "theme-density": "default",
            "theme-keyboard_shortcuts": "on",
        },
    )
    editor.refresh_from_db()
    assert (editor.name, editor.email) == ("New Name", "test.editor@example.org")


def text_of(answer: Any) -> str:
    return re.sub(r"<[^>]+>|value=\"[^\"]*\"", " ", answer.content.decode())


def test_a_wrong_password_says_the_same_for_known_and_unknown(secretary: Any) -> None:
    _, known = sign_in(secretary.email, "wrong")
    _, unknown = sign_in("nobody@example.org", "wrong")
    assert known.status_code == unknown.status_code == 200
    assert text_of(known) == text_of(unknown)


def test_signing_up_is_closed(db: None, django_user_model: Any) -> None:
    data = {"email": "new@example.org", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    for answer in (Client().get(reverse("account_signup")), Client().post(reverse("account_signup"), data)):
        assert b"Accounts are made by the secretariat" in answer.content
    assert not django_user_model.objects.filter(email="new@example.org").exists()


def test_somebody_who_left_cannot_sign_in(make_user: Any) -> None:
    make_user("Editor", email="gone@example.org", is_active=False)
    client, _ = sign_in("gone@example.org")
    assert not is_signed_in(client)


def test_too_many_attempts_are_told_to_wait(secretary: Any) -> None:
    for _ in range(12):
        _, answer = sign_in(secretary.email, "wrong")
    assert b"try again" in answer.content.lower() or b"Too many" in answer.content
    assert answer.status_code in (200, 429)


# A new password


def test_resetting_says_the_same_for_everybody_and_writes_only_to_those_who_are_known(secretary: Any) -> None:
    answers = [
        Client().post(reverse("account_reset_password"), {"email": email}, follow=True) for email in (secretary.email, "nobody@example.org")
    ]
    assert text_of(answers[0]) == text_of(answers[1])
    assert [message.to for message in mail.outbox] == [[secretary.email]]


def test_a_mail_server_that_is_down_is_not_the_visitors_concern(secretary: Any, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = Client().post(reverse("account_reset_password"), {"email": secretary.email}, follow=True)
    assert b"Look into your mail" in answer.content


def test_a_reset_link_works_once_and_is_not_spent_by_opening(secretary: Any) -> None:
    Client().post(reverse("account_reset_password"), {"email": secretary.email}, HTTP_HOST="localhost")
    message = mail.outbox[0]
    assert django_settings.WAGTAILADMIN_BASE_URL in message.body, "the link names our address, not the host that was asked"
    assert "localhost" not in message.body
    link = link_in(message)
    Client().get(link, follow=True)  # a mail scanner
    client = Client()
    form = client.get(link, follow=True)
    assert link.rpartition("-")[2] not in form.request["PATH_INFO"], "the key leaves the address before anything else is loaded"
    answer = client.post(form.request["PATH_INFO"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}, follow=True)
    assert b"Your password is saved" in answer.content
    assert is_signed_in(sign_in(secretary.email, NEW_PASSWORD)[0])
    assert b"no longer works" in Client().get(link, follow=True).content
    assert "was changed" in mail.outbox[-1].body, "the holder hears of it"


@pytest.mark.parametrize("weak", ["short", "password1234", "123456789012"])
def test_a_weak_password_is_refused(weak: str, secretary: Any, signed_in: SignIn) -> None:
    client = signed_in(secretary)
    data = {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    assert client.post(reverse("account_change_password"), data).status_code == 200
    secretary.refresh_from_db()
    assert secretary.check_password(PASSWORD)


# The second factor


def enrol(client: Client) -> tuple[str, list[str]]:
    """Set up the second factor as the pages say; returns the secret and the recovery codes."""
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    secret = page.context["form"].secret
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_for(secret)}, follow=True)
    codes = re.findall(r"<li><code>([^<]+)</code>", answer.content.decode())
    assert len(codes) == 10
    return secret, codes


def test_the_second_factor_is_asked_for_once_it_is_set_up(secretary: Any, django_capture_on_commit_callbacks: Any) -> None:
    client, _ = sign_in(secretary.email)
    with django_capture_on_commit_callbacks(execute=True):
        secret, codes = enrol(client)
    assert "turned on" in mail.outbox[-1].body

    again, answer = sign_in(secretary.email)
    assert answer["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(again)
    assert again.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert not is_signed_in(again)
    again.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert is_signed_in(again)

    spent, _ = sign_in(secretary.email)
    spent.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert not is_signed_in(spent), "a recovery code works once"
    assert secret not in again.get(reverse("mfa_index")).content.decode()


def test_without_it_the_admin_stays_shut_where_it_is_required(secretary: Any, signed_in: SignIn, settings: Any) -> None:
    settings.REQUIRE_TWO_FACTOR = True
    client, _ = sign_in(secretary.email)
    for address in ("/admin/", "/admin/pages/", "/admin/account/", "/admin/images/", "/admin/users/"):
        assert client.get(address)["Location"] == reverse("mfa_activate_totp"), address
    assert client.post("/admin/pages/add/news/postpage/8/", {}, HTTP_ACCEPT="application/json").status_code == 403
    assert Client().get("/admin/account/login/").status_code == 200
    enrol(client)
    assert is_signed_in(client)


def test_the_way_to_set_it_up_is_open_where_it_is_required(secretary: Any, settings: Any) -> None:
    settings.REQUIRE_TWO_FACTOR = True
    client, _ = sign_in(secretary.email)
    page = client.get("/admin/", follow=True)
    assert page.status_code == 200
    assert page.request["PATH_INFO"] == reverse("mfa_activate_totp"), "no password again right after signing in"
    assert b"Please set up two-factor sign-in first" in page.content
    assert client.post(reverse("account_logout")).status_code == 302


def test_turning_it_off_asks_who_one_is_and_writes_to_the_holder(secretary: Any, time_machine: Any) -> None:
    client, _ = sign_in(secretary.email)
    enrol(client)
    time_machine.move_to(timezone.now() + timedelta(minutes=10))
    answer = client.get(reverse("mfa_deactivate_totp"))
    assert answer["Location"].startswith((reverse("account_reauthenticate"), reverse("mfa_reauthenticate")))
    client.post(answer["Location"], {"password": PASSWORD})
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=secretary).exists()
    assert "turned off" in mail.outbox[-1].body


# People


def add_person(client: Client, **fields: Any) -> Any:
    data = {"email": "New.Person@Example.org", "name": "New Person", "password1": "", "password2": "", "is_superuser": "on", **fields}
    return client.post(reverse("wagtailusers_users:add"), data)


def test_a_new_person_is_invited_and_chooses_a_password(secretary: Any, signed_in: SignIn, django_user_model: Any) -> None:
    assert add_person(signed_in(secretary)).status_code == 302
    person = django_user_model.objects.get(email="new.person@example.org")
    assert (person.is_superuser, person.has_usable_password()) == (False, False)
    message = mail.outbox[0]
    assert message.to == ["new.person@example.org"]
    assert message.subject.startswith(django_settings.WAGTAIL_SITE_NAME)
    client = Client()
    form = client.get(link_in(message), follow=True)
    client.post(form.request["PATH_INFO"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert sign_in("new.person@example.org", NEW_PASSWORD)[1].status_code == 302


def test_a_person_is_made_even_when_the_mail_server_is_down(
    secretary: Any, signed_in: SignIn, settings: Any, django_user_model: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    client = signed_in(secretary)
    assert add_person(client).status_code == 302
    assert django_user_model.objects.filter(email="new.person@example.org").exists()
    assert b"could not be sent" in client.get(reverse("wagtailusers_users:index")).content


def test_two_people_cannot_have_one_address(secretary: Any, signed_in: SignIn) -> None:
    answer = add_person(signed_in(secretary), email=secretary.email.upper())
    assert answer.status_code == 200
    assert b"There is a user with this address already" in answer.content


def change_person(client: Client, person: Any, **fields: Any) -> Any:
    data = {"email": person.email, "name": person.name, "is_active": "on", "password1": "", "password2": "", **fields}
    return client.post(reverse("wagtailusers_users:edit", args=(person.pk,)), data)


def test_a_changed_address_signs_in_and_the_former_does_not(secretary: Any, editor: Any, signed_in: SignIn) -> None:
    former = editor.email
    EmailAddress.objects.create(user=editor, email=former, primary=True, verified=True)
    change_person(signed_in(secretary), editor, email="moved@example.org")
    assert is_signed_in(sign_in("moved@example.org")[0]) or sign_in("moved@example.org")[1].status_code == 302
    assert sign_in(former)[1].status_code == 200
    Client().post(reverse("account_reset_password"), {"email": former})
    assert mail.outbox == []


def test_the_secretariat_forgets_a_lost_telephone(secretary: Any, editor: Any, signed_in: SignIn) -> None:
    Authenticator.objects.create(user=editor, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client = signed_in(secretary)
    assert b"Forget the two-factor sign-in" in client.get(reverse("wagtailusers_users:edit", args=(editor.pk,))).content
    change_person(client, editor)
    assert Authenticator.objects.filter(user=editor).exists()
    change_person(client, editor, reset_two_factor="on")
    assert not Authenticator.objects.filter(user=editor).exists()


def test_the_list_of_people_shows_roles_and_finds_by_name(secretary: Any, editor: Any, signed_in: SignIn) -> None:
    client = signed_in(secretary)
    page = client.get(reverse("wagtailusers_users:index") + "?q=editor&ordering=-name").content.decode()
    assert "test.editor@example.org" in page
    assert "Editor" in page
    assert secretary.email not in page


# The pages themselves


@pytest.mark.parametrize("pattern", urlpatterns[1:], ids=lambda pattern: pattern.name)
def test_every_page_is_ours_and_needs_no_script(pattern: Any, secretary: Any) -> None:
    arguments = ("1", "set-password") if "from_key" in pattern.name and not pattern.name.endswith("done") else ()
    stranger, member = Client(), sign_in(secretary.email)[0]
    for client in (stranger, member):
        answer = client.get(reverse(pattern.name, args=arguments))
        assert answer.status_code in (200, 302, 404), pattern.name
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            html = answer.content.decode()
            assert 'class="sign-in"' in html
            assert "<script" not in html
            assert " style=" not in html
            assert 'name="robots" content="noindex"' in html
