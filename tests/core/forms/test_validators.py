"""What strangers may type into one line: names of the whole world, and no tricks."""

import time
import unicodedata

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import strategies as st

from core.forms.cleaning import MAX_LENGTH, clean_line
from core.forms.fields import LineField
from core.forms.validators import validate_line

NAMES = [
    "Wemos e.V.",
    "St. John Ambulance (U.S.A.)",
    "Save the Children Int.",
    "Médecins Sans Frontières / Doctors Without Borders",
    "350.org",
    "+Peace",
    "+Peace (Kenya) & Health!",
    "@lliance Santé",
    "-isme Collectif",
    "+233 Nurses",
    "St.Mary/St.Joseph Hospital",
    "Exec.Dir/CEO",
    "Prog.Mgr/Advisor",
    "M.Ed/B.Ed/M.Sc",
    "👩\u200d⚕️ Nurses",
    "葛\U000e0100城市看護協会",
    "Change.org Foundation",
    "Women@Work",
    "Nurses @ Home + Care = Health",
    "Côte d’Ivoire – Infirmières & Sages-Femmes",
    "Dr. J.Smith, B.Sc / M.P.H.",
    "Liên minh Nhân viên Y tế Việt Nam",
    "Ƙungiyar Ma’aikatan Lafiya",
    "Ένωση Νοσηλευτών Ελλάδος",
    "Российская ассоциация медсестёр",
    "Հայկական բուժքույրերի ասոցիացիա",
    "საქართველოს ექთნები",
    "אִרְגּוּן הָאֲחָיוֹת",
    "الشبكة العربية للعاملين الصحيين",
    "نظام پزشکی می\u200cخواهم",
    "የኢትዮጵያ ጤና ባለሙያዎች ማህበር",
    "ߞߍ߲ߘߍߦߊ ߓߊ߯ߙߊ ߕߐ߲",
    "𞤖𞤢𞤱𞤪𞤵 𞤅𞤫𞤪𞤪𞤭",
    "ⵜⴰⵎⵙⵙⵓⵔⵜ ⵏ ⵜⴷⵓⵙⵉ",
    "भारतीय नर्स संघ क्\u200cष र्\u200dय",
    "বাংলাদেশ নার্স সমিতি র\u200d্যাব",
    "കേരള നഴ്സസ് അവന്\u200d",
    "தமிழ்நாடு செவிலியர் சங்கம்",
    "ශ්\u200dරී ලංකා හෙද සංගමය",
    "สมาคมพยาบาลแห่งประเทศไทย",
    "ສະມາຄົມພະຍາບານລາວ",
    "សមាគម\u200bគិលានុបដ្ឋាក",
    "မြန်\u200bမာ လျှို့ဝှက် သူနာပြု",
    "བོད་ཀྱི་སྨན་པ་རྒྱུད་བསྒྲུབས",
    "Монголын Сувилагч ᠮᠣᠩᠭᠣᠯ",
    "中华护理学会",
    "日本看護協会 ヴェ",
    "대한간호협회",
]

TRICKS = {
    "control_character": ["Ada\0", "Ada\x1b[31m", "Ada\nBcc: all", "\tAda", "Ada\u2028Lovelace", "Ada\x85Lovelace"],
    "hidden_character": [
        *("Ada\u202egnp.exe", "Ada\u2066", "\u200eAda", "Ada\u200f", "\u061cAda", "We\u200bmos", "We\u200dmos", "We\u200cmos", "Ada\ufeff"),
        *(
            "We\u00admos",
            "We\u2060mos",
            "Wemos\ufe0f",
            "Wemos\u3164",
            "Wemos\u2800",
            "We\u034fmos",
            "Ada\U000e0041",
            "می\u200c",
            "\u200cمی",
        ),
        *("می\u200c\u200cخواهم", "می\u200c خواهم", "سلام\u200bسلام", "ပြန်\u200b", "क\u200dA", "Health \u200dक"),
    ],
    "unknown_character": ["Wemos \ue000", "Wemos \u0378", "Wemos \uffff", "Wemos \ud800", "Wemos \U000f0000", "M\ufffddecins", "\ufffcAda"],
    "piled_accents": ["A" + "\u0301\u0302\u0303\u0304", "Z\u0334\u0335\u0336\u0337algo", "ก" + "\u0e47" * 6, "क" + "़" * 4],
    "web_address": [
        *("http://wemos.org", "HTTPS:wemos.org", "see ｈｔｔｐ://x.org", "www.wemos.org", "WWW.Wemos", "wemos.org/apply", "bit.ly/2Xy"),
        *("Win at pills.com?id=1", "wemos.org:8080", "ftp://x", "здоровье.рф/а"),
    ],
    "mail_address": ["ada@wemos.org", "Ada (ada＠wemos.org)", "mailto:ada"],
    "formula": [
        *("=1+1", "=Health", "  =cmd()", "＝cmd", "+cmd|' /C calc'!A0", "-2+3+cmd|x", "@SUM(A1)", "+A1", "-B2*C3", "@A1:B2", "+1+A1"),
        *('+"a"&b', "+-Health", "－SUM(A1", "﹢HYPERLINK(x"),
    ],
    "markup": ["<b>Ada</b>", "Ada > Bob", "＜script"],
    "no_letter": ["", " ", "123", "24/7", "!!!", "🙂", "\u0301"],
    "too_long": ["a" * (MAX_LENGTH + 1), "a" + "\u0301\u0323" * 500_000],
}


def refusal(text: str) -> tuple[str | None, str]:
    try:
        validate_line(text)
    except ValidationError as error:
        return error.code, error.messages[0]
    return None, ""


def test_names_of_the_world_are_welcome() -> None:
    assert {name: refusal(name) for name in NAMES if refusal(name)[0]} == {}
    assert [clean_line(name) for name in NAMES] == [unicodedata.normalize("NFC", name) for name in NAMES]


@pytest.mark.parametrize("code", TRICKS)
def test_tricks_are_refused_in_words_that_fit_on_a_screen(code: str) -> None:
    began = time.monotonic()
    refusals = {ascii(text[:20]): refusal(text) for text in TRICKS[code]}
    assert time.monotonic() - began < 1
    assert {text: found for text, (found, _message) in refusals.items() if found != code} == {}
    assert {message for _code, message in refusals.values() if len(message) > 160 or "%(" in message} == set()


def test_a_line_is_cleaned_of_white_space_and_composed() -> None:
    assert clean_line("  Me\u0301decins\u00a0\t\r\n Sans\u3000Frontie\u0300res\u2029") == "Médecins Sans Frontières"
    assert clean_line("") == ""


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("\u200fجمعية الممرضات\u200e", "جمعية الممرضات"),
        ("\u202bجمعية الممرضات\u202c", "جمعية الممرضات"),
        ("\ufeffWe\u00admos\u2060 \u2066e.V.\u2069", "Wemos e.V."),
        ("\u200bAda\u00a0Lovelace\u202f\u200d", "Ada Lovelace"),
        ("می\u200c\u200cخواهم\u200c", "می\u200cخواهم"),
        ("Ada\u202egnp.exe", "Adagnp.exe"),
        ("🏴\U000e0067\U000e007f Health ❤\ufe0f", "🏴 Health ❤\ufe0f"),
    ],
)
def test_what_nobody_can_see_is_taken_out(typed: str, cleaned: str) -> None:
    assert clean_line(typed) == cleaned
    validate_line(clean_line(typed))


def test_a_form_cleans_before_it_judges_and_measures() -> None:
    class Form(forms.Form):
        name = LineField(max_length=12)
        role = LineField(required=False)

    form = Form({"name": "\t Ada \n  Lovelace ", "role": " "})
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"name": "Ada Lovelace", "role": ""}
    assert Form({"name": "", "role": "<"}).errors.as_data()["role"][0].code == "markup"
    assert "19 characters" in Form({"name": "Ada " * 5}).errors["name"][0]


pieces = st.sampled_from([trick for texts in TRICKS.values() for trick in texts if len(trick) < 99] + NAMES)
anything = st.lists(st.one_of(pieces, st.text(st.characters(), max_size=8), st.text(st.sampled_from("\u200c\u200d\u0301=@<./ aक्ഽ்می")))).map(
    "".join
)


@example("\u094d\u0300\u200c")
@given(text=anything)
def test_whatever_comes_in_is_refused_or_safe(text: str) -> None:
    line = clean_line(text)
    assert clean_line(line) == line
    try:
        validate_line(text)
    except ValidationError:
        return
    validate_line(line)
    assert line.encode().decode() == line
    assert line.isprintable() or set(filter(lambda char: not char.isprintable(), line)) <= set("\u200b\u200c\u200d")
    assert line[0] not in "= "
    assert not set("<>\u200e\u200f\u202e\u2066\ufeff") & set(line)
    assert "://" not in line
