"""Countries: their names, the codes of names that people type, and the regions of the World Health Organization."""

import re
from functools import cache, lru_cache

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from django_countries import countries

from core.search_text import search_words

from .country_names import AMBIGUOUS, FORMS_OF_STATE, LANGUAGES, OTHER_NAMES

# Names


def country_name(code: str) -> str:
    """Return the name of a country in the current language; the code itself if it is unknown, '' for ''."""
    return _country_name(code, get_language())


@lru_cache(maxsize=1024)
def _country_name(code: str, _language: str | None) -> str:
    return str(countries.name(code)) or code


def country_choices() -> list[tuple[str, str]]:
    """Return the code and the name of every country, by name."""
    return [(code, str(name)) for code, name in countries]


# Codes

_SEPARATORS = re.compile(r"\s*(?:[/;,+|&\n]|\band\b|\bet\b|\by\b|\bund\b)\s*", re.IGNORECASE)


class NotOneCountry(ValidationError):
    """The text names several countries, or may mean one of several: their `codes`."""

    def __init__(self, message: str, codes: list[str]) -> None:
        super().__init__(message, code="several")
        self.codes = codes


def parse_country(text: str) -> str:
    """Return the ISO 3166-1 code of a country as people write it: "UG", "UGA", "Uganda", "The Gambia", "Korea, South", "Côte d’Ivoire".

    Raises NotOneCountry for "Kenya/Uganda" and "Korea", and ValidationError for any other text that names no country.
    """
    if code := _code_of(text):
        return code
    quoted = " ".join(text.split())[:60]
    if meant := list(_ambiguous().get(_key(text), ())):
        message = _("“%(text)s” can be %(names)s. Write which one.")
        raise NotOneCountry(message % {"text": quoted, "names": _listed(meant, _("or"))}, meant)
    if several := _codes_in(text):
        message = _("“%(text)s” names %(count)d countries: %(names)s. Write one of them, or leave it empty for several.")
        raise NotOneCountry(message % {"text": quoted, "count": len(several), "names": _listed(several, _("and"))}, several)
    message = _("“%(text)s” is not a country that we know. Write its name in English or its code of two letters, or leave it empty.")
    raise ValidationError(message % {"text": quoted}, code="unknown")


def parse_countries(text: str) -> list[str]:
    """Return the codes of one or several countries, as in "Kenya/Uganda", each once. Raises ValidationError like `parse_country`."""
    try:
        return [parse_country(text)]
    except NotOneCountry as several:
        if _key(text) in _ambiguous():
            raise
        return several.codes


def other_names(code: str) -> tuple[str, ...]:
    """Return everyday and former names of a country, to find it by: "Ivory Coast", "DRC", "USA"."""
    return OTHER_NAMES.get(code, ())


def _code_of(text: str) -> str:
    """The code, by the first of: a code, a name, a name after "Republic of" and the like, the words of a name in any order."""
    code = text.strip().upper().replace(".", "")
    if code in countries.countries:
        return code
    names, key = _codes_by_name(), _key(text)
    if key in _ambiguous():
        return ""
    return names.get(key) or names.get(_without_form_of_state(key)) or _codes_by_words().get(_words(key), "")


def _codes_in(text: str) -> list[str]:
    """The codes of all countries in a list of several; none if a part of it is no country."""
    found = [_code_of(part) for part in _SEPARATORS.split(text[:500]) if part.strip()]
    return list(dict.fromkeys(found)) if len(found) > 1 and all(found) and len(set(found)) > 1 else []


def _listed(codes: list[str], conjunction: str) -> str:
    names = [country_name(code) for code in codes]
    return f"{', '.join(names[:-1])} {conjunction} {names[-1]}"


@cache
def _codes_by_name() -> dict[str, str]:
    """Every name with its code. Where two languages disagree, English decides, then the order of LANGUAGES."""
    names: dict[str, str] = {}
    for code, others in OTHER_NAMES.items():
        names |= {_key(name): code for name in others}
    for language in ("en", *LANGUAGES):
        with override(language):
            for code, name in country_choices():
                names.setdefault(_key(name), code)
    for code in countries.countries:
        names.setdefault(str(countries.alpha3(code)).lower(), code)
    names.pop("", None)
    return names


@cache
def _codes_by_words() -> dict[frozenset[str], str]:
    """The code for the words of a name, where they mean one country: "Tanzania, United Republic of"."""
    codes: dict[frozenset[str], set[str]] = {}
    for key, code in _codes_by_name().items():
        codes.setdefault(_words(key), set()).add(code)
    for key in _ambiguous():
        codes.pop(_words(key), None)
    return {words: next(iter(found)) for words, found in codes.items() if len(found) == 1 and words}


@cache
def _ambiguous() -> dict[str, tuple[str, ...]]:
    return {_key(name): codes for name, codes in AMBIGUOUS.items()}


def _key(name: str) -> str:
    """The folded words, without articles: "Saint" for "St.", "and" for "&"."""
    words = search_words(name[:200].replace("’", "'").replace("d'", "d "))
    if words[:1] == ["the"]:
        words = words[1:]
    return " ".join({"st": "saint", "ste": "saint", "sainte": "saint"}.get(word, word) for word in words if word != "the")


def _without_form_of_state(key: str) -> str:
    """ "uganda" for "republic of uganda"; the key itself if it does not begin so, or would leave a name that means several."""
    before, _of, name = key.partition(" of ")
    rest = name if name and set(before.split()) <= _FORMS else key
    return key if rest in _ambiguous() or rest == "congo" else rest


def _words(key: str) -> frozenset[str]:
    return frozenset(key.split()) - _IGNORED_WORDS


_FORMS = frozenset(search_words(FORMS_OF_STATE))
# Words that tell no two countries apart, wherever they stand.
_IGNORED_WORDS = {"of", "and", "republic", "islamic", "plurinational", "bolivarian", "federated"}


# Regions


class Region(models.TextChoices):
    """Of the World Health Organization."""

    AFRICA = "africa", gettext_lazy("Africa")
    AMERICAS = "americas", gettext_lazy("Americas")
    EASTERN_MEDITERRANEAN = "eastern-mediterranean", gettext_lazy("Eastern Mediterranean")
    EUROPE = "europe", gettext_lazy("Europe")
    SOUTH_EAST_ASIA = "south-east-asia", gettext_lazy("South-East Asia")
    WESTERN_PACIFIC = "western-pacific", gettext_lazy("Western Pacific")


# As of May 2025, when Indonesia moved from South-East Asia to the Western Pacific (78th World Health Assembly). States are members and
# associate members of WHO, and Palestine: the coverage screen lists those without a member. Territories belong to the region where they
# lie. The Antarctic and uninhabited islands are in none.
_STATES = {
    Region.AFRICA: (
        "AO BF BI BJ BW CD CF CG CI CM CV DZ ER ET GA GH GM GN GQ GW KE KM LR LS MG ML MR MU MW MZ NA NE NG RW SC SL SN SS ST "
        "SZ TD TG TZ UG ZA ZM ZW"
    ),
    Region.AMERICAS: "AG AR BB BO BR BS BZ CA CL CO CR CU DM DO EC GD GT GY HN HT JM KN LC MX NI PA PE PR PY SR SV TT US UY VC VE",
    Region.EASTERN_MEDITERRANEAN: "AE AF BH DJ EG IQ IR JO KW LB LY MA OM PK PS QA SA SD SO SY TN YE",
    Region.EUROPE: (
        "AD AL AM AT AZ BA BE BG BY CH CY CZ DE DK EE ES FI FR GB GE GR HR HU IE IL IS IT KG KZ LT LU LV MC MD ME MK MT NL NO "
        "PL PT RO RS RU SE SI SK SM TJ TM TR UA UZ"
    ),
    Region.SOUTH_EAST_ASIA: "BD BT IN KP LK MM MV NP TH TL",
    Region.WESTERN_PACIFIC: "AU BN CK CN FJ FM ID JP KH KI KR LA MH MN MY NR NU NZ PG PH PW SB SG TK TO TV VN VU WS",
}
_TERRITORIES = {
    Region.AFRICA: "EH IO RE SH YT",
    Region.AMERICAS: "AI AW BL BM BQ CW FK GF GP KY MF MQ MS PM SX TC VG VI",
    Region.EUROPE: "AX FO GG GI GL IM JE LI SJ VA XK",
    Region.WESTERN_PACIFIC: "AS CC CX GU HK MO MP NC NF PF PN TW WF",
}
STATES_BY_REGION = {region: tuple(codes.split()) for region, codes in _STATES.items()}
_REGION_BY_COUNTRY = {code: region for codes_by in (_STATES, _TERRITORIES) for region, codes in codes_by.items() for code in codes.split()}


def countries_in(region: str) -> list[str]:
    """Return the codes of every country and territory of a region."""
    return [code for code, found in _REGION_BY_COUNTRY.items() if found == region]


def region_of(code: str) -> str:
    """Return the region of a country; '' if it is in none."""
    return str(_REGION_BY_COUNTRY.get(code, ""))
