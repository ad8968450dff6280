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


# As of May 2025, when Indonesia moved from South-East Asia to the Western Pacific (78th World Health Assembly). Territories stand where
# they lie. The Antarctic and uninhabited islands are in none.
_COUNTRIES = {
    Region.AFRICA: (
        "AO BF BI BJ BW CD CF CG CI CM CV DZ EH ER ET GA GH GM GN GQ GW IO KE KM LR LS MG ML MR MU MW MZ NA NE NG RE RW SC SH SL "
        "SN SS ST SZ TD TG TZ UG YT ZA ZM ZW"
    ),
    Region.AMERICAS: (
        "AG AI AR AW BB BL BM BO BQ BR BS BZ CA CL CO CR CU CW DM DO EC FK GD GF GP GT GY HN HT JM KN KY LC MF MQ MS MX NI PA PE "
        "PM PR PY SR SV SX TC TT US UY VC VE VG VI"
    ),
    Region.EASTERN_MEDITERRANEAN: "AE AF BH DJ EG IQ IR JO KW LB LY MA OM PK PS QA SA SD SO SY TN YE",
    Region.EUROPE: (
        "AD AL AM AT AX AZ BA BE BG BY CH CY CZ DE DK EE ES FI FO FR GB GE GG GI GL GR HR HU IE IL IM IS IT JE KG KZ LI LT LU LV "
        "MC MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM TJ TM TR UA UZ VA"
    ),
    Region.SOUTH_EAST_ASIA: "BD BT IN KP LK MM MV NP TH TL",
    Region.WESTERN_PACIFIC: (
        "AS AU BN CC CK CN CX FJ FM GU HK ID JP KH KI KR LA MH MN MO MP MY NC NF NR NU NZ PF PG PH PN PW SB SG TK TO TV TW VN VU WF WS"
    ),
}
_REGIONS = {code: region for region, codes in _COUNTRIES.items() for code in codes.split()}


def region_of(code: str) -> str:
    """The region of a country by its code of ISO 3166-1; '' for none."""
    return str(_REGIONS.get(code, ""))


def country_name(code: str) -> str:
    """The country as it is displayed, '' for none."""
    return _country_name(code, get_language())


@lru_cache(maxsize=1024)
def _country_name(code: str, _language: str | None) -> str:
    return str(countries.name(code)) or code
