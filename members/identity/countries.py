"""Countries: their names, the codes of names that people type, and the regions of the World Health Organization."""

from functools import cache, lru_cache

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from django_countries import countries

from core.search_words import WORD, fold

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

# Words that tell no two countries apart.
_IGNORED_WORDS = {"the", "of", "and", "republic"}
# Beside the names of ISO 3166: former and everyday ones, and those that the United Nations use.
_OTHER_NAMES = {
    "AE": ("UAE",),
    "CD": ("DRC", "DR Congo", "Congo Kinshasa"),
    "CG": ("Congo Brazzaville",),
    "CI": ("Ivory Coast",),
    "CV": ("Cape Verde",),
    "CZ": ("Czech Republic",),
    "FM": ("Federated States of Micronesia",),
    "GB": ("UK", "Great Britain", "England", "Scotland", "Wales", "Northern Ireland"),
    "IR": ("Islamic Republic of Iran",),
    "KP": ("Democratic People’s Republic of Korea",),
    "KR": ("Republic of Korea",),
    "LA": ("Lao PDR", "Lao People’s Democratic Republic"),
    "MD": ("Republic of Moldova",),
    "MK": ("Macedonia",),
    "MM": ("Burma",),
    "NL": ("The Netherlands", "Holland"),
    "NR": ("Nauru",),
    "PS": ("State of Palestine", "Occupied Palestinian Territory"),
    "RU": ("Russian Federation",),
    "SY": ("Syrian Arab Republic",),
    "SZ": ("Swaziland",),
    "TL": ("East Timor",),
    "TR": ("Turkey",),
    "TZ": ("United Republic of Tanzania",),
    "US": ("USA", "United States"),
    "VA": ("Holy See",),
    "VE": ("Bolivarian Republic of Venezuela",),
    "VN": ("Viet Nam",),
}


def parse_country(text: str) -> str:
    """Return the ISO 3166-1 code of a country as people write it: "UG", "Uganda", "The Gambia", "Korea, South".

    Raises ValidationError when the text names no country.
    """
    code = text.strip().upper()
    if code in countries.countries:
        return code
    try:
        return _codes_by_name()[_name_key(text)]
    except KeyError:
        message = _("“%(text)s” is no country known here. Write its English name or its code of two letters, or leave the cell empty.")
        raise ValidationError(message % {"text": text[:60]}) from None


@cache
def _codes_by_name() -> dict[str, str]:
    with override("en"):
        names = [(name, code) for code, name in country_choices()]
    names += [(name, code) for code, others in _OTHER_NAMES.items() for name in others]
    return {_name_key(name): code for name, code in names}


def _name_key(name: str) -> str:
    """The words without accents, in any order."""
    return " ".join(sorted(set(WORD.findall(fold(name[:200]).replace(".", ""))) - _IGNORED_WORDS))


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
    Region.EUROPE: "AX FO GG GI GL IM JE LI SJ VA",
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
