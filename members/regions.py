"""The regions of the World Health Organization, and which countries are in each.

After the list of WHO's member states of 2025, when Indonesia moved to the Western Pacific (78th World Health Assembly). Some territories
stand where WHO's own statistics count them; what is nowhere there is in no region.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Region(models.TextChoices):
    AFRICA = "afr", _("Africa")
    AMERICAS = "amr", _("Americas")
    EASTERN_MEDITERRANEAN = "emr", _("Eastern Mediterranean")
    EUROPE = "eur", _("Europe")
    SOUTH_EAST_ASIA = "sear", _("South-East Asia")
    WESTERN_PACIFIC = "wpr", _("Western Pacific")


_CODES = {
    Region.AFRICA: """
        AO BF BI BJ BW CD CF CG CI CM CV DZ ER ET GA GH GM GN GQ GW KE KM LR LS MG ML MR MU MW MZ NA NE NG RW SC SL SN SS ST SZ TD TG TZ
        UG ZA ZM ZW""",
    Region.AMERICAS: "AG AR BB BO BR BS BZ CA CL CO CR CU DM DO EC GD GT GY HN HT JM KN LC MX NI PA PE PR PY SR SV TT US UY VC VE",
    Region.EASTERN_MEDITERRANEAN: "AE AF BH DJ EG IQ IR JO KW LB LY MA OM PK PS QA SA SD SO SY TN YE",
    Region.EUROPE: """
        AD AL AM AT AZ BA BE BG BY CH CY CZ DE DK EE ES FI FR GB GE GR HR HU IE IL IS IT KG KZ LT LU LV MC MD ME MK MT NL NO PL PT RO RS
        RU SE SI SK SM TJ TM TR UA UZ""",
    Region.SOUTH_EAST_ASIA: "BD BT IN KP LK MM MV NP TH TL",
    Region.WESTERN_PACIFIC: "AU BN CK CN FJ FM HK ID JP KH KI KR LA MH MN MO MY NR NU NZ PG PH PW SB SG TK TO TV VN VU WS",
}
COUNTRIES: dict[Region, tuple[str, ...]] = {region: tuple(codes.split()) for region, codes in _CODES.items()}
REGION_OF: dict[str, Region] = {code: region for region, codes in COUNTRIES.items() for code in codes}
