"""Names are found as people write them, whatever the script and the database, in public and by the secretariat."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.forms.cleaning import clean_line
from core.search_text import fill_search_texts, query_words, search_text
from endorsements.models import Endorsement
from endorsements.states import Kind
from members.models import Contact
from tests.support.declarations import open_declaration
from tests.support.members import draft, make_contact, make_organisation
from tests.support.signatories import list_names

# A name, and how people ask for it.
SPELLINGS = {
    "Łukasz Żółć": ["lukasz zolc", "Łukasz", "ZOLC"],
    "Bjørn Ødegård": ["bjorn odegard", "Bjoern Oedegaard", "ødegård"],
    "Đorđe Đukić": ["dorde dukic", "Đorđe"],
    "Æsa Þórsdóttir": ["aesa thorsdottir", "Æsa"],
    "Jürgen Groß": ["juergen gross", "Jurgen Groß", "GROSS JÜRGEN"],
    "Sisters & Brothers": ["sisters and brothers", "Sisters & Brothers", "brothers sisters"],
    "Œuvre Héloïse": ["oeuvre heloise", "HÉLOÏSE"],
    "O’Brien": ["OBrien", "O'Brien", "o`brien"],
    "Jean-Luc N’Diaye": ["jean luc", "ndiaye", "Jean‑Luc"],
    "İbrahim Işık": ["ibrahim isik", "IBRAHIM IŞIK"],
    "Nguyễn Thị Đức": ["nguyen thi duc", "Nguyễn"],
    "Алёна Фёдорова": ["алена федорова", "Федорова"],
    "Νόσος Ένωση": ["νοσος", "ΕΝΩΣΗ"],
    "محمّد أحمد": ["محمد احمد", "مـحمد", "احمد"],
    "علی رضا": ["علي", "علی"],
    "فاطمة": ["فاطمه"],
    "김철수": ["김철수", "김철수", "철수"],
    "王小明": ["小明", "王小明"],
    "ＷＨＯ Ｎｕｒｓｅｓ": ["who nurses"],
    "ガーナ看護": ["ガーナ", "ｶﾞｰﾅ", "看護"],
    "สมาคมพยาบาล": ["พยาบาล"],
    "សមាគម\u200bគិលានុបដ្ឋាក": ["គិលានុបដ្ឋាក", "សមាគមគិលានុបដ្ឋាក"],
    "ສະມາຄົມພະຍາບານ": ["ພະຍາບານ"],
    "သူနာပြု အသင်း": ["သူနာပြု"],
    "ශ්\u200dරී ලංකා": ["ශ්රී", "ශ්\u200dරී"],
    "नर्स संघ": ["नर्स"],
    "Əli Məmmədov": ["eli memmedov", "Əli"],
    "U.S.A. Nurses": ["usa", "U.S.A."],
    "Al\u00adShifa": ["alshifa"],
}
PAIRS = [(name, asked) for name, spellings in SPELLINGS.items() for asked in spellings]


@pytest.mark.one_database
@pytest.mark.parametrize(("name", "asked"), PAIRS)
def test_a_name_is_folded_as_it_is_asked_for(name: str, asked: str) -> None:
    text = search_text(name)
    assert query_words(asked)
    assert [word for word in query_words(asked) if word not in text] == []
    assert search_text(text) == text


def test_signatories_and_people_are_found_by_every_spelling(secretary_client: Client) -> None:
    page = open_declaration()
    rows = dict(zip(SPELLINGS, list_names(page, *SPELLINGS), strict=True))
    for name, asked in PAIRS:
        listed = [one.name for one in Client().get(f"{page.url}signatories/", {"q": asked}).context["signatories"].page.object_list]
        assert clean_line(name) in listed, (name, asked)
        assert len(listed) <= 2, asked
        found = secretary_client.post(reverse("personal_data:index"), {"query": asked}).context["found"]
        assert f"endorsements.endorsement:{rows[name].pk}" in {one.key for one in found}, (name, asked)


def test_people_are_found_in_every_table(secretary_client: Client) -> None:
    page = open_declaration()
    contact = make_contact(make_organisation(), name="Łukasz & Bjørn")
    application = draft(representative_name="Đorđe Ødegård")
    signed = list_names(page, "Nurses", signatory="Łukasz Ødegård", kind=Kind.ORGANISATION)[0]

    def keys(asked: str) -> set[str]:
        return {one.key for one in secretary_client.post(reverse("personal_data:index"), {"query": asked}).context["found"]}

    assert keys("lukasz and bjorn") == {f"members.contact:{contact.pk}"}
    assert keys("ØDEGARD") == {f"members.application:{application.pk}", f"endorsements.endorsement:{signed.pk}"}
    listed = Client().get(f"{page.url}signatories/", {"q": "lukasz"}).context["signatories"]
    assert listed.total == 0, "who signed for an organisation is not public"


def test_what_another_release_wrote_is_found_and_filled(secretary_client: Client) -> None:
    contact = make_contact(make_organisation(), name="Łukasz")
    row = list_names(open_declaration(), "Łódź Nurses", signatory="Ødegård")[0]
    Contact.objects.filter(pk=contact.pk).update(search_text="")
    Endorsement.objects.filter(pk=row.pk).update(name="Đorđe Nurses")
    row.refresh_from_db()
    assert (row.folded, row.people_text) == ("dorde nurses", "dorde nurses odegard")
    Endorsement.objects.filter(pk=row.pk).update(folded="", people_text="")
    for asked, key in (("lukasz", f"members.contact:{contact.pk}"), ("odegard dorde", f"endorsements.endorsement:{row.pk}")):
        found = secretary_client.post(reverse("personal_data:index"), {"query": asked}).context["found"]
        assert key in {one.key for one in found}
    assert fill_search_texts(timezone.now()) == "3 filled"
    row.refresh_from_db()
    assert (row.folded, row.people_text) == ("dorde nurses", "dorde nurses odegard")
    assert fill_search_texts(timezone.now()) == ""


BY_LETTER = {"Z": ["Zambia", "zz top"], "C": ["Česko", "Chad Nurses"], "A": ["aaa", "Ärzte"], "#": ["42", "Здоровье", "健康"]}


def test_the_index_of_letters_and_the_order_are_those_of_the_alphabet_on_every_database(home: Any) -> None:
    page = open_declaration()
    names = ["Česko", "Chad Nurses", "Ärzte", "zz top", "健康", "Zambia", "aaa", "42", "Здоровье"]
    list_names(page, *names)
    shown = Client().get(f"{page.url}signatories/").context["signatories"]
    in_order = ["42", "aaa", "Ärzte", "Česko", "Chad Nurses", "Zambia", "zz top", "Здоровье", "健康"]
    assert [one.name for one in shown.page.object_list] == in_order
    for letter, found in BY_LETTER.items():
        rows = Client().get(f"{page.url}signatories/", {"letter": letter}).context["signatories"]
        assert [one.name for one in rows.page.object_list] == found
        assert rows.total == len(found)
