"""Countries by name, and the regions in which the World Health Organization has its member states meet."""

from functools import lru_cache

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_countries import countries


class Region(models.TextChoices):
    """Of the World Health Organization."""

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


def codes_of(region: str) -> list[str]:
    """Every country and territory of a region."""
    return [code for code, its in _REGIONS.items() if its == region]


def region_of(code: str) -> str:
    """The region of a country by its code of ISO 3166-1; '' for none."""
    return str(_REGIONS.get(code, ""))


def country_name(code: str) -> str:
    """The country as it is displayed, '' for none."""
    return _country_name(code, get_language())


@lru_cache(maxsize=1024)
def _country_name(code: str, _language: str | None) -> str:
    return str(countries.name(code)) or code
