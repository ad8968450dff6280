"""What people do with any page and any mail, for the tests that live a whole life in a browser."""

from typing import Any

from core.models import OutgoingMail


def press(page: Any, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()
    page.wait_for_load_state()


def main_words(page: Any) -> str:
    """All the words of the page's own part, once it is whole."""
    page.wait_for_load_state()
    return " ".join(page.locator("main").inner_text().split())


def last_mail(address: str, purpose: str) -> OutgoingMail:
    """The newest to that address for that purpose ("members.vote")."""
    return OutgoingMail.objects.filter(recipient=address, purpose=purpose).latest("pk")
