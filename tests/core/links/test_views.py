"""A page opened by an emailed link, whatever the link is about: who gets in, who gets the recovery page, and how often one may ask."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django import forms
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from core.links import limits, tokens
from core.links.views import AskForLinkView, OpenedLink, Recovery, opened_by_link
from core.web.private_pages import render_message

pytestmark = pytest.mark.usefixtures("home")
LIFETIME = timedelta(days=7)


class AddressForm(forms.Form):
    email = forms.EmailField()

    @property
    def recipient(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class NewLink(AskForLinkView):
    url_name = "member_link"  # any address of the site
    scope = "tests.links"
    form_class = AddressForm
    title, button = "A new link", "Send"
    written_to: list[str] = []
    not_written_to: list[str] = []

    def send(self, values: dict[str, Any]) -> int:
        if not values["email"].startswith("known"):
            return 0
        self.written_to.append(values["email"])
        return 1

    def send_nothing(self, address: str) -> None:
        self.not_written_to.append(address)

    def sent(self) -> HttpResponse:
        return render_message(self.request, "Check your email")


RECOVERY = Recovery(unknown="Unknown link.", expired="Expired link.", new_link=NewLink)


def find_object(link: OpenedLink) -> str | None:
    return None if link.subject == "gone" else link.subject


@opened_by_link("confirm", find_object=find_object, recovery=RECOVERY)
def page(_request: HttpRequest, found: str) -> HttpResponse:
    return HttpResponse(found)


@opened_by_link("confirm", recovery=Recovery(), accepts_expired=lambda link: link.request.method == "POST")
def patient(_request: HttpRequest, found: str, word: str) -> HttpResponse:
    return HttpResponse(f"{found} {word}")


def link(subject: str = "thing:1", purpose: str = "confirm") -> str:
    return tokens.make(purpose=purpose, subject=subject, lifetime=LIFETIME)


def get(token: str) -> Any:
    return page(RequestFactory().get("/x/"), token=token)


def ask(email: str, address: str = "10.1.1.1") -> Any:
    return NewLink.as_view()(RequestFactory().post("/x/", {"email": email}, REMOTE_ADDR=address))


def test_the_view_gets_what_the_link_is_about() -> None:
    token = link()
    for method in ("get", "head", "post"):
        answer = page(getattr(RequestFactory(), method)("/x/"), token=token)
        assert (answer.status_code, answer.content) == (200, b"thing:1")
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["X-Robots-Tag"] == "noindex"
        assert "no-store" in answer["Cache-Control"]
    assert page(RequestFactory().put("/x/"), token=token).status_code == 405


@pytest.mark.parametrize("token", ["x", "a" * 43, "é"])
def test_an_unknown_link_gets_the_recovery_page(token: str) -> None:
    answer = get(token)
    assert answer.status_code == 404
    assert "Unknown link." in answer.content.decode()
    assert 'name="email"' in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_a_link_of_another_purpose_or_to_something_gone_is_unknown() -> None:
    assert get(link(purpose="withdraw")).status_code == 404
    assert get(link("gone")).status_code == 404


def test_an_expired_link_gets_the_recovery_page_unless_the_view_accepts_it() -> None:
    token = link()
    with time_machine.travel(timezone.now() + LIFETIME, tick=False):
        answer = get(token)
        assert answer.status_code == 410
        assert "Expired link." in answer.content.decode()
        assert patient(RequestFactory().get("/x/"), token=token, word="yes").status_code == 410
        assert patient(RequestFactory().post("/x/"), token=token, word="yes").content == b"thing:1 yes"


def test_the_answer_is_the_same_whether_the_address_is_known_or_not() -> None:
    NewLink.written_to.clear()
    NewLink.not_written_to.clear()
    known, unknown = ask("known@example.org"), ask("nobody@example.org")
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert (NewLink.written_to, NewLink.not_written_to) == (["known@example.org"], ["nobody@example.org"])
    assert "email" in ask("not an address").content.decode()
    assert len(NewLink.written_to) == 1


def test_a_network_may_ask_so_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FROM_NETWORK", replace(limits.FROM_NETWORK, most=2))
    statuses = [ask(f"known{number}@example.org").status_code for number in range(3)]
    assert statuses == [200, 200, 429]
    assert ask("known9@example.org", "10.9.9.9").status_code == 200
