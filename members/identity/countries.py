"""Countries: their names, the codes for names as people write them, and the regions of the World Health Organization."""

from functools import cache, lru_cache

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from core.search_words import WORD, fold


class Region(models.TextChoices):
    """A region of the World Health Organization."""

    AFRICA = "africa", _("Africa")
    AMERICAS = "americas", _("Americas")
    EASTERN_MEDITERRANEAN = "eastern-mediterranean", _("Eastern Mediterranean")
    EUROPE = "europe", _("Europe")
    SOUTH_EAST_ASIA = "south-east-asia", _("South-East Asia")
    WESTERN_PACIFIC = "western-pacific", _("Western Pacific")


# As of May 2025, when Indonesia moved from South-East Asia to the Western Pacific (78th World Health Assembly). Of the states (members and
# associate members of WHO, and Palestine) a coalition may ask where it has nobody yet; territories stand where they lie. The Antarctic and
# uninhabited islands are in none.
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
STATES = {region: tuple(codes.split()) for region, codes in _STATES.items()}
_REGIONS = {code: region for regions in (_STATES, _TERRITORIES) for region, codes in regions.items() for code in codes.split()}


# Words that do not distinguish countries.
_SMALL_WORDS = {"the", "of", "and", "republic"}
# Names besides those of ISO 3166: former, everyday and United Nations names.
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


def codes_of(region: str) -> list[str]:
    """The codes of all countries and territories of a region."""
    return [code for code, own in _REGIONS.items() if own == region]


def region_of(code: str) -> str:
    """The region of a country by its ISO 3166-1 code, '' if it has none."""
    return str(_REGIONS.get(code, ""))


def country_name(code: str) -> str:
    """The name of a country by its ISO 3166-1 code, '' for ''. Cached, because a page may need thousands."""
    return _country_name(code, get_language())


@lru_cache(maxsize=2048)
def _country_name(code: str, _language: str | None) -> str:
    return str(countries.name(code)) or code


def country_code(text: str) -> str:
    """The ISO 3166-1 code for a country's name or code, as people write it. Raises ValidationError for anything else."""
    code = text.strip().upper()
    if code in countries.countries:
        return code
    try:
        return _codes()[_normalise(text)]
    except KeyError:
        message = gettext(
            "“%(text)s” is no country known here. Write its English name or its code of two letters, or leave the cell empty."
        )
        raise ValidationError(message % {"text": text[:60]}) from None


@cache
def _codes() -> dict[str, str]:
    with override("en"):
        names = [(str(name), code) for code, name in countries]
    names += [(name, code) for code, others in _OTHER_NAMES.items() for name in others]
    return {_normalise(name): code for name, code in names}


def _normalise(name: str) -> str:
    """The words without accents and small words, sorted."""
    return " ".join(sorted(set(WORD.findall(fold(name[:200]).replace(".", ""))) - _SMALL_WORDS))
