"""A country as people write it: "UG", "Uganda", "The Gambia", "Korea, South"."""

from functools import cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_countries import countries

from core.search_words import WORD, fold

# Words that tell no two countries apart.
_SMALL = {"the", "of", "and", "republic"}
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


def country_code(text: str) -> str:
    """Its code in ISO 3166-1, of two letters. Raises ValidationError for a text that names none."""
    code = text.strip().upper()
    if code in countries.countries:
        return code
    try:
        return _codes()[_essence(text)]
    except KeyError:
        message = _("“%(text)s” is no country known here. Write its English name or its code of two letters, or leave the cell empty.")
        raise ValidationError(message % {"text": text[:60]}) from None


@cache
def _codes() -> dict[str, str]:
    with override("en"):
        names = [(str(name), code) for code, name in countries]
    names += [(name, code) for code, others in _OTHER_NAMES.items() for name in others]
    return {_essence(name): code for name, code in names}


def _essence(name: str) -> str:
    """The words without accents, in any order."""
    return " ".join(sorted(set(WORD.findall(fold(name[:200]).replace(".", ""))) - _SMALL))
