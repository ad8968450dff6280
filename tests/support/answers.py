"""What the answer to a request says, whatever its wording: levels of messages, fields, mistakes, links, buttons."""

from typing import Any

import html5lib
from django.contrib.messages import get_messages


def levels(answer: Any) -> list[str]:
    """The level of each message above the page ("success", "warning"); follow redirects to see them."""
    return [message.level_tag for message in get_messages(answer.wsgi_request)]


def said(answer: Any) -> str:
    """The words of those messages, for the names and numbers in them."""
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def mistakes(answer: Any) -> set[str]:
    """The fields of the page's form that are not accepted."""
    return set(answer.context["form"].errors)


class Screen:
    """A page, read once."""

    def __init__(self, answer: Any) -> None:
        self.status = answer.status_code
        document = html5lib.parse(answer.content, namespaceHTMLElements=False)
        self.main = document.find(".//main") or document
        self.text = " ".join("".join(self.main.itertext()).split())

    def all(self, *names: str) -> list[Any]:
        return [element for element in self.main.iter() if element.tag in names]

    @property
    def fields(self) -> dict[str, Any]:
        """What can be filled in, by name, the last of each name."""
        return {field.get("name"): field for field in self.all("input", "select", "textarea") if field.get("type") != "hidden"}

    @property
    def hidden(self) -> dict[str, str]:
        """What the forms carry along."""
        return {field.get("name"): field.get("value") for field in self.all("input") if field.get("type") == "hidden"}

    @property
    def links(self) -> set[str]:
        """The addresses that the page leads to."""
        return {link.get("href") for link in self.all("a") if link.get("href")}

    @property
    def actions(self) -> list[str]:
        """Where the forms of the page lead, "" for the page itself."""
        return [form.get("action", "") for form in self.all("form")]

    @property
    def buttons(self) -> set[tuple[str, str]]:
        """Name and value of the buttons that say what to do."""
        return {(button.get("name"), button.get("value")) for button in self.all("button") if button.get("name")}

    @property
    def alerts(self) -> list[Any]:
        return [element for element in self.main.iter() if element.get("role") == "alert"]
