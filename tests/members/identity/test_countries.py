"""Countries as people write them, as WHO writes them, and as spreadsheets have them."""

import pytest
from django.core.exceptions import ValidationError

from members.identity.countries import NotOneCountry, country_choices, parse_countries, parse_country, region_of
from members.identity.form_fields import CountriesField

pytestmark = pytest.mark.one_database

# The member states of the World Health Organization, by its own names.
WHO_NAMES = """
AF Afghanistan|AL Albania|DZ Algeria|AD Andorra|AO Angola|AG Antigua and Barbuda|AR Argentina|AM Armenia|AU Australia
AT Austria|AZ Azerbaijan|BS Bahamas|BH Bahrain|BD Bangladesh|BB Barbados|BY Belarus|BE Belgium|BZ Belize|BJ Benin
BT Bhutan|BO Bolivia (Plurinational State of)
BA Bosnia and Herzegovina|BW Botswana|BR Brazil|BN Brunei Darussalam|BG Bulgaria|BF Burkina Faso|BI Burundi|CV Cabo Verde|KH Cambodia
CM Cameroon|CA Canada|CF Central African Republic|TD Chad|CL Chile|CN China|CO Colombia|KM Comoros|CG Congo|CK Cook Islands|CR Costa Rica
CI Côte d’Ivoire|HR Croatia|CU Cuba|CY Cyprus|CZ Czechia|KP Democratic People's Republic of Korea|CD Democratic Republic of the Congo
DK Denmark|DJ Djibouti|DM Dominica|DO Dominican Republic|EC Ecuador|EG Egypt|SV El Salvador|GQ Equatorial Guinea|ER Eritrea|EE Estonia
SZ Eswatini|ET Ethiopia|FJ Fiji|FI Finland|FR France|GA Gabon|GM Gambia|GE Georgia|DE Germany|GH Ghana|GR Greece|GD Grenada|GT Guatemala
GN Guinea|GW Guinea-Bissau|GY Guyana|HT Haiti|HN Honduras|HU Hungary|IS Iceland|IN India|ID Indonesia|IR Iran (Islamic Republic of)|IQ Iraq
IE Ireland|IL Israel|IT Italy|JM Jamaica|JP Japan|JO Jordan|KZ Kazakhstan|KE Kenya|KI Kiribati|KW Kuwait|KG Kyrgyzstan
LA Lao People's Democratic Republic|LV Latvia|LB Lebanon|LS Lesotho|LR Liberia|LY Libya|LT Lithuania|LU Luxembourg|MG Madagascar|MW Malawi
MY Malaysia|MV Maldives|ML Mali|MT Malta|MH Marshall Islands|MR Mauritania|MU Mauritius|MX Mexico|FM Micronesia (Federated States of)
MC Monaco|MN Mongolia|ME Montenegro|MA Morocco|MZ Mozambique|MM Myanmar|NA Namibia|NR Nauru|NP Nepal|NL Netherlands (Kingdom of the)
NZ New Zealand|NI Nicaragua|NE Niger|NG Nigeria|NU Niue|MK North Macedonia|NO Norway|OM Oman|PK Pakistan|PW Palau|PA Panama
PG Papua New Guinea|PY Paraguay|PE Peru|PH Philippines|PL Poland|PT Portugal|QA Qatar|KR Republic of Korea|MD Republic of Moldova|RO Romania
RU Russian Federation|RW Rwanda|KN Saint Kitts and Nevis|LC Saint Lucia|VC Saint Vincent and the Grenadines|WS Samoa|SM San Marino
ST Sao Tome and Principe|SA Saudi Arabia|SN Senegal|RS Serbia|SC Seychelles|SL Sierra Leone|SG Singapore|SK Slovakia|SI Slovenia
SB Solomon Islands|SO Somalia|ZA South Africa|SS South Sudan|ES Spain|LK Sri Lanka|SD Sudan|SR Suriname|SE Sweden|CH Switzerland
SY Syrian Arab Republic|TJ Tajikistan|TH Thailand|TL Timor-Leste|TG Togo|TO Tonga|TT Trinidad and Tobago|TN Tunisia|TR Türkiye
TM Turkmenistan|TV Tuvalu|UG Uganda|UA Ukraine|AE United Arab Emirates|GB United Kingdom of Great Britain and Northern Ireland
TZ United Republic of Tanzania|US United States of America|UY Uruguay|UZ Uzbekistan|VU Vanuatu|VE Venezuela (Bolivarian Republic of)
VN Viet Nam|YE Yemen|ZM Zambia|ZW Zimbabwe
"""
EVERYDAY = {
    "AE": "UAE|U.A.E.|The Emirates",
    "BA": "Bosnia|Bosnia & Herzegovina|BIH",
    "BN": "Brunei",
    "BO": "Bolivia|Plurinational State of Bolivia",
    "CD": "DRC|DR Congo|D.R. Congo|Congo, Democratic Republic of the|Congo-Kinshasa|RDC|Zaire|COD|Democratic Republic of Congo|Congo (DRC)",
    "CF": "CAR|Central African Rep.|République centrafricaine",
    "CG": "Congo-Brazzaville|Republic of the Congo|Republic of Congo|Congo, Rep.|COG",
    "CI": "Ivory Coast|Cote d'Ivoire|Côte d´Ivoire|COTE D'IVOIRE|Cote dIvoire|Costa de Marfil|Elfenbeinküste",
    "CV": "Cape Verde|Cap-Vert",
    "CZ": "Czech Republic|The Czech Republic|República Checa",
    "DE": "Germany|Deutschland|Allemagne|GERMANY|DEU|Federal Republic of Germany",
    "ES": "España|Kingdom of Spain",
    "FM": "Micronesia|Federated States of Micronesia",
    "GB": "UK|U.K.|Great Britain|Britain|England|Scotland|Wales|Northern Ireland|United Kingdom|Royaume-Uni|GBR",
    "GM": "The Gambia|Gambia, The|Republic of The Gambia",
    "GR": "Hellas|EL|Grèce",
    "IE": "Republic of Ireland|Eire|Ireland, Republic of",
    "IR": "Iran|Islamic Republic of Iran|Iran, Islamic Republic of",
    "KG": "Kyrgyz Republic|Kirgistan",
    "KN": "St Kitts & Nevis|St. Kitts and Nevis",
    "KP": "North Korea|DPRK|N. Korea|Korea, North",
    "KR": "South Korea|Korea, South|Korea, Republic of|ROK|S. Korea|KOR",
    "LA": "Laos|Lao PDR",
    "LC": "St. Lucia|St Lucia|Sainte-Lucie",
    "MD": "Moldova|Moldavia",
    "MK": "Macedonia|FYROM|Republic of North Macedonia",
    "MM": "Burma|Myanmar (Burma)",
    "NL": "Netherlands|The Netherlands|Holland|the netherlands|Pays-Bas|Kingdom of the Netherlands",
    "PS": "Palestine|State of Palestine|oPt|Gaza|West Bank and Gaza|occupied Palestinian territory, including east Jerusalem",
    "RU": "Russia|RUS",
    "SY": "Syria|Syrie",
    "SZ": "Swaziland|eSwatini|Kingdom of Eswatini",
    "ST": "São Tomé & Príncipe|Sao Tome",
    "TL": "East Timor|Timor Leste",
    "TR": "Turkey|Turkiye|TÜRKİYE|Türkei|Republic of Türkiye",
    "TT": "Trinidad & Tobago|Trinidad",
    "TW": "Taiwan|Chinese Taipei",
    "TZ": "Tanzania|Tanzania, United Republic of|Zanzibar",
    "US": "USA|U.S.A.|US|U.S.|United States|the United States|America|Estados Unidos|États-Unis",
    "VA": "Vatican|Holy See|Vatican City",
    "VC": "St Vincent and the Grenadines|St. Vincent & Grenadines",
    "VE": "Venezuela|Bolivarian Republic of Venezuela",
    "VN": "Vietnam|Viet Nam|Socialist Republic of Viet Nam",
    "XK": "Kosovo|Kosova|Kosovo*|Kosovo (UNSCR 1244)|Republic of Kosovo|XK|XKX",
    "ZA": "South Africa|RSA|Republic of South Africa|S. Africa",
    "UG": "ug|UGA|Republic of Uganda|  uganda |Ou­ganda",
    "EG": "Arab Republic of Egypt|Égypte",
    "CN": "People's Republic of China|P.R. China",
    "DZ": "People's Democratic Republic of Algeria",
    "LK": "Democratic Socialist Republic of Sri Lanka",
    "ET": "Federal Democratic Republic of Ethiopia",
    "BD": "People’s Republic of Bangladesh",
    "PK": "Islamic Republic of Pakistan",
    "BR": "Brasil|Federative Republic of Brazil",
    "JO": "Hashemite Kingdom of Jordan",
    "LU": "Grand Duchy of Luxembourg",
    "DO": "Dominican Rep.",
}


def test_every_name_of_who_is_understood() -> None:
    named = dict(pair.split(" ", 1)[::-1] for line in WHO_NAMES.split("\n") for pair in line.split("|") if pair)
    assert len(named) == 194
    assert {name: code for name, code in named.items() if _code(name) != code} == {}
    assert {name: code for name, code in named.items() if _code(f"The {name.upper()}") != code} == {}


def _code(text: str) -> str:
    try:
        return parse_country(text)
    except ValidationError as error:
        return error.messages[0]


@pytest.mark.parametrize(("code", "names"), EVERYDAY.items())
def test_everyday_names_are_understood(code: str, names: str) -> None:
    assert {name: _code(name) for name in names.split("|")} == dict.fromkeys(names.split("|"), code)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Kenya/Uganda", ["KE", "UG"]),
        ("Kenya & Uganda", ["KE", "UG"]),
        ("Kenya, Uganda and Tanzania", ["KE", "UG", "TZ"]),
        ("DRC; Rwanda", ["CD", "RW"]),
        ("KE+UG", ["KE", "UG"]),
        ("Trinidad and Tobago / St. Lucia", ["TT", "LC"]),
    ],
)
def test_several_countries_are_told_and_taken_where_they_make_sense(text: str, codes: list[str] | None) -> None:
    with pytest.raises(ValidationError) as error:
        parse_country(text)
    if codes:
        assert isinstance(error.value, NotOneCountry)
        assert parse_countries(text) == codes
        assert CountriesField().clean(text) == sorted(codes)


@pytest.mark.parametrize(("text", "codes"), [("Korea", ["KR", "KP"]), ("Virgin Islands", ["VG", "VI"]), ("St. Martin", ["MF", "SX"])])
def test_what_may_be_one_of_several_is_asked(text: str, codes: list[str]) -> None:
    for parse in (parse_country, parse_countries):
        with pytest.raises(NotOneCountry) as error:
            parse(text)
        assert error.value.codes == codes


@pytest.mark.parametrize("text", ["Atlantis", "Europe", "Kenya/Atlantis", "United", "Republic of", "the", "-", "xx", "x" * 10_000, "\0"])
def test_what_is_no_country_is_refused(text: str) -> None:
    with pytest.raises(ValidationError) as error:
        parse_country(text)
    assert error.value.code == "unknown"


def test_every_country_can_be_chosen_and_is_read_by_its_own_name() -> None:
    choices = dict(country_choices())
    assert choices["XK"] == "Kosovo"
    assert region_of("XK") == region_of("AL")
    assert {name: code for code, name in choices.items() if _code(name) != code} == {}
