"""Which names read like that of a known organisation, and which do not; and at which addresses a claim is proven."""

import pytest

from members.organisations import known
from members.organisations.known import Claim, known_of

pytestmark = pytest.mark.one_database

WORLD = "World Health Organization"
LIRA, UNION = "Nurses of Lira", "Uganda Nurses and Midwives Union"
# Whose name it is, and how somebody might write it who borrows it.
TABLE = """
World Health Organization: World Health Organization | World Health Organisation | The World Health Organization | WHO | W.H.O. | W H O
World Health Organization: wHO | ＷＨＯ | ⓌⒽⓄ | WНО | VVHO | WH0 | World Health Organization Inc. | World Health Org. | WHO-Africa
World Health Organization: World Health Organization e.V. | World Health Organization e. V. | Organization, World Health
World Health Organization: Wоrld Hеаlth Оrgаnizаtiоn | ＷＯＲＬＤ ＨＥＡＬＴＨ ＯＲＧＡＮＩＺＡＴＩＯＮ
World Health Organization: 𝐖𝐨𝐫𝐥𝐝 𝐇𝐞𝐚𝐥𝐭𝐡 𝐎𝐫𝐠𝐚𝐧𝐢𝐳𝐚𝐭𝐢𝐨𝐧 | Ꮃorld Health Organization | Wοrld Ηealth Οrganization
World Health Organization: World Health Organızation | Wörld Hëalth Örganizatiön | World Heatlh Organization | World Health Organizaton
World Health Organization: W0rld Hea1th Organization | World Heaith Organization | WorldHealthOrganization
World Health Organization: World\u200bHealth Organization | World Health Organi\u00adzation | World Health Organization (WHO)
World Health Organization: World Health Organization Europe | WHO Europe | Who Europe | WHO Regional Office for Africa
World Health Organization: European office of the World Helth Organization | Organisation Mondiale de la Sante
World Health Organization: Всемирная Организация Здравоохранения | 世界卫生组织 | منظمة الصحة العالمية
United Nations Children’s Fund: UNICEF | UNlCEF | Un1cef | Unicef Uganda | United Nations Childrens Fund
World Bank: The Wor1d Bank | World Bamk | Worldbank | World Bank Group Kenya
Ministry of Health: Ministry of Health of Uganda | Ministère de la Santé du Bénin
Nurses of Lira: Nurses of Lira | Lira Nurses | Nurses of Lyra | Nurses of Lira District | Nurses of Lira Ltd | NURSES OF LÍRA
Uganda Nurses and Midwives Union: Uganda Midwives & Nurses Union | UNMU | UNMU Kampala
PSI: PSI | P.S.I. | PSI Uganda
Wemos: Stichting Wemos | Wemos e.V. | Wemoss | Wem0s | Wemos Uganda
"""
LINES = [line.partition(": ") for line in TABLE.strip().splitlines()]
BORROWED = [(name, owner) for owner, _colon, names in LINES for name in names.split(" | ")]
OTHERS = """
Midwives of Gulu | Nurses who care | Hope Clinic | Home Care Association | African Nurses Council | Health Workers Union | Nurses
Rwanda Nurses and Midwives Union | Zambia Nurses Union | Gambia Nurses Union | Un monde en santé | Nurses of Gulu | Global Health Council
World Vision | Women in Global Health | Health Workers for All | École de santé de Recife | Save Lives Uganda | Союз медсестёр | 健康
جمعية الممرضات | !!! | 1 | A | WH
"""
KNOWN = [
    *known._famous(),
    known_of(LIRA, websites=("https://lira.example",)),
    known_of(UNION, acronym="UNMU", websites=("unmu.example",)),
    known_of("Wemos", websites=("https://www.wemos.example/",)),
    known_of("Women’s Health Outreach", acronym="WHO", websites=("https://outreach.example",)),
    known_of("PSI", websites=("https://psi.example",)),
    known_of("Tonga Pharmacists Union"),
    known_of("Builders", websites=("https://gmail.com", "https://wordpress.com", "https://co.ug")),
]


def judged(name: str, address: str = "a@x.example", website: str = "https://x.example", acronym: str = "") -> tuple[str, str]:
    """As whom it is proven, and whom it resembles."""
    found = known._Index(KNOWN).judge(Claim((name,), acronym, website, address))
    return found.proven_as.name if found.proven_as else "", found.resembles.name if found.resembles else ""


@pytest.mark.parametrize(("name", "owner"), BORROWED)
def test_a_borrowed_name_is_seen_through(name: str, owner: str) -> None:
    assert judged(name) == ("", owner)


@pytest.mark.parametrize("name", ["", *(name for line in OTHERS.strip().splitlines() for name in line.split(" | "))])
def test_another_name_is_left_alone(name: str) -> None:
    assert judged(name) == ("", "")


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        (("World Health Organization", "x@who.int"), (WORLD, "")),
        (("Organisation mondiale de la Santé", "x@EURO.who.int."), (WORLD, "")),
        (("World Health Organization", "x@who.int.evil.example"), ("", WORLD)),
        (("World Health Organization", "x@evilwho.int"), ("", WORLD)),
        (("World Health Organization", "who@gmail.com", "https://www.who.int/"), ("", WORLD)),
        (("Health Desk", "x@x.example", "https://www.who.int/"), ("", WORLD)),
        (("Health Desk", "x@x.example", "https://x.example", "WHO"), ("", WORLD)),
        # The domain of one organisation proves nothing about another.
        (("World Health Organization", "x@lira.example", "https://lira.example"), ("", WORLD)),
        (("World Health Organization of the Nurses of Lira", "x@lira.example", "https://lira.example"), ("", WORLD)),
        (("World Health Organization", "x@outreach.example", "https://outreach.example", "WHO"), ("", WORLD)),
        (("Women’s Health Outreach", "x@outreach.example", "https://outreach.example", "WHO"), ("Women’s Health Outreach", "")),
        # Known by the domain, under a name that nobody else has; without the website the domain says nothing of that name.
        (("Infirmières de Lira", "x@lira.example", "https://www.lira.example/fr"), (LIRA, "")),
        (("Infirmières de Lira", "x@lira.example", ""), ("", "")),
        (("Builders", "x@gmail.com", "https://gmail.com"), ("", "Builders")),
        (("Builders", "x@wordpress.com", "https://builders.wordpress.com"), ("", "Builders")),
        (("Builders", "x@co.ug", ""), ("", "Builders")),
        (("Tonga Pharmacists Union", "", ""), ("", "Tonga Pharmacists Union")),
    ],
)
def test_who_is_proven_at_which_address(claim: tuple[str, ...], found: tuple[str, str]) -> None:
    assert judged(*claim) == found
