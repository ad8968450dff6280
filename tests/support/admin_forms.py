"""The editing forms of the admin as a browser reads and sends them."""

from typing import Any

from bs4 import BeautifulSoup
from django.test import Client


def read_form(client: Client, url: str) -> dict[str, Any]:
    """What a browser would send from the editing form at this address if nobody touched it."""
    return form_of(client.get(url))


def form_of(response: Any) -> dict[str, Any]:
    """The same for a response, which may be a form that was refused."""
    page = BeautifulSoup(response.content, "html.parser")
    form = page.select_one("form[data-edit-form]") or page.select_one("main form[method=post]")
    assert form is not None, response.status_code
    data: dict[str, list[str]] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        if field.has_attr("disabled") or field.find_parent("template"):
            continue
        if field.name == "select":
            values = [option.get("value", "") for option in field.select("option[selected]")]
            if not values and not field.has_attr("multiple"):
                values = [option.get("value", "") for option in field.select("option")[:1]]
        elif field.name == "textarea":
            values = [field.get_text().removeprefix("\n")]
        elif field.get("type") in ("checkbox", "radio"):
            values = [field.get("value", "on")] if field.has_attr("checked") else []
        elif field.get("type") in ("file", "submit", "button"):
            values = []
        else:
            values = [field.get("value", "")]
        if values:
            data.setdefault(field["name"], []).extend(values)
    return dict(data)
