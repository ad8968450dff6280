"""What people type about themselves: phone numbers in their own digits, and years of any age."""

import pytest
from django.core.exceptions import ValidationError

from members.identity.form_fields import PhoneField, YearField

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("٠٢ ٢٣٤٥ ٦٧٨٩", "02 2345 6789"),
        ("\u200e+٢٠ ١٠٠ ١٢٣ ٤٥٦٧\u200f", "+20 100 123 4567"),
        ("۰۲۱-۲۳۴۵۶۷۸۹", "021-23456789"),
        ("+९१ ९८७६५ ४३२१०", "+91 98765 43210"),
        ("＋８１（３）１２３４－５６７８", "+81(3)1234-5678"),
        ("+256\u00a0(0)772–123456", "+256 (0)772-123456"),
        ("\u202a+49 30 1234567\u202c", "+49 30 1234567"),
        ("+44 20 7946 0000 ext. 12", "+44 20 7946 0000 ext. 12"),
        ("020 7946 0000 x7", "020 7946 0000 x7"),
        ("01 23 45 67 89 poste 4", "01 23 45 67 89 poste 4"),
        ("+256 772 123456 / 123457", "+256 772 123456 / 123457"),
        ("", ""),
    ],
)
def test_a_phone_number_is_read_in_every_script(typed: str, cleaned: str) -> None:
    assert PhoneField().clean(typed) == cleaned


@pytest.mark.parametrize("typed", ["call me", "123", "+256 abc 123456", "=1+2+3+4+5+6", "<b>123456", "1" * 41])
def test_what_is_no_phone_number_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        PhoneField().clean(typed)


@pytest.mark.parametrize(("typed", "year"), [("1518", 1518), ("651", 651), ("١٩٩٨", 1998), (" \u200f1998", 1998), ("", None)])
def test_any_plausible_year_is_taken(typed: str, year: int | None) -> None:
    assert YearField().clean(typed) == year


@pytest.mark.parametrize("typed", ["98", "0", "-1998", "19980", "2999", "1998.5", "long ago"])
def test_what_is_no_year_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        YearField().clean(typed)
