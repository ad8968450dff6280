"""A correction is a slip: what is more needs a second look, however it is put in."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.transitions import NotPossible
from endorsements.declarations import workflow as declarations
from endorsements.models import TextVersion
from endorsements.models.sign_on import sign_on_of
from endorsements.text.change_size import change_size
from tests.support.answers import Screen, mistakes
from tests.support.concurrency import at_once
from tests.support.declarations import change_text, confirmed, open_declaration

TEXT = "Health workers hold our lives in their hands, in 42 countries. Pay them on time. We will not rest before that is done."
LARGE = {
    "a sentence more": f"{TEXT} We thank Acme Pharma.",
    "a sentence less": TEXT.replace(" Pay them on time.", ""),
    "another sentence": TEXT.replace("Pay them on time.", "Dissolve their unions."),
    "the opposite": TEXT.replace("Pay them on time.", "Do not pay them."),
    "a word that turns it round": TEXT.replace("will not rest", "will rest"),
    "a contraction": TEXT.replace("Health workers hold", "Health workers don’t hold"),
    "many words": TEXT.replace("hold our lives in their hands", "are a cost that somebody has to cut"),
    "without spaces": TEXT.replace("Pay them on time.", "立即解散所有工会组织"),
    "a long word": TEXT.replace("Pay them on time.", "ช่วยเหลือบริษัทยาก่อนคนอื่น"),
}
SLIPS = {
    "a number": TEXT.replace("42", "43"),
    "a spelling": TEXT.replace("Health workers", "Healthworkers"),
    "signs": TEXT.replace(".", "!").replace("Pay", "PAY"),
    "a name": TEXT.replace("in 42 countries", "in forty-two countries"),
}


@pytest.mark.one_database
@pytest.mark.parametrize("text", LARGE.values(), ids=list(LARGE))
def test_a_change_of_meaning_is_large(text: str) -> None:
    assert change_size(TEXT, text).is_large


@pytest.mark.one_database
@pytest.mark.parametrize("text", SLIPS.values(), ids=list(SLIPS))
def test_a_slip_is_not(text: str) -> None:
    assert not change_size(TEXT, text).is_large


def correct(client: Client, page: Any, **fields: str) -> Any:
    where = reverse("declaration_publish_text", args=(page.pk,))
    form = {**Screen(client.get(where)).hidden, "how": "correction", "note": "A slip.", **fields}
    return client.post(where, form)


def corrections(page: Any) -> int:
    return TextVersion.objects.filter(declaration=page, correction__gt=0).count()


def test_a_whole_sentence_needs_a_second_look(secretary_client: Client) -> None:
    page = open_declaration(text=TEXT)
    confirmed(page)
    change_text(page, LARGE["another sentence"])
    refused = correct(secretary_client, page)
    assert mistakes(refused) == {"is_same_meaning"}
    assert "Dissolve" in refused.content.decode(), "the difference is shown again"
    with pytest.raises(NotPossible):
        declarations.publish_text(sign_on_of(page), is_new=False, note="", by=None, now=timezone.now())
    assert corrections(page) == 0
    assert correct(secretary_client, page, is_same_meaning="on").status_code == 302
    assert corrections(page) == 1


def test_several_slips_add_up(secretary_client: Client) -> None:
    page = open_declaration(text=TEXT)
    confirmed(page)
    change_text(page, TEXT.replace("hold our lives", "are cheap labour"))
    assert correct(secretary_client, page).status_code == 302
    change_text(page, TEXT.replace("hold our lives in their hands", "are cheap labour to be cut soon"))
    assert mistakes(correct(secretary_client, page)) == {"is_same_meaning"}
    assert corrections(page) == 1


def test_a_new_version_needs_no_second_look(secretary_client: Client) -> None:
    page = open_declaration(text=TEXT)
    confirmed(page)
    change_text(page, LARGE["another sentence"])
    assert correct(secretary_client, page, how="new").status_code == 302
    assert sign_on_of(page).version.number == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("hows", [("correction", "correction"), ("new", "new"), ("new", "correction")])
def test_two_editors_who_publish_at_once_make_one_version(make_user: Any, hows: tuple[str, str]) -> None:
    page = open_declaration(text=TEXT)
    confirmed(page)
    change_text(page, SLIPS["a number"])
    where, clients = reverse("declaration_publish_text", args=(page.pk,)), [Client(), Client()]
    for number, client in enumerate(clients):
        client.force_login(make_user("Secretariat", email=f"secretary{number}@example.org"))
    forms = [Screen(client.get(where)).hidden for client in clients]
    stale = [sign_on_of(page), sign_on_of(page)]
    answers = at_once(2, lambda turn: clients[turn].post(where, {**forms[turn], "how": hows[turn], "note": "A slip."}).status_code)
    assert set(answers) <= {200, 302, 409}
    assert TextVersion.objects.filter(declaration=page).count() == 2
    change_text(page, SLIPS["a spelling"])
    for sign_on in stale:
        declarations.publish_text(sign_on, is_new=True, note="Another.", by=None, now=timezone.now())
    assert TextVersion.objects.filter(declaration=page).count() == 3
    assert sign_on_of(page).version == TextVersion.objects.filter(declaration=page).latest("pk")
