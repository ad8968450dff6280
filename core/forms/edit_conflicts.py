"""Several people may have one page of a form open: what a colleague wrote meanwhile is not written over unread."""

import hashlib
from typing import Any

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext as _


class WrittenTogether(forms.Form):
    """A form over what is stored, given to it as `initial`.

    `seen` travels with the page and says in a few letters what stood in each field. A field that comes back as it was keeps what stands
    there now. Where both wrote something else, the field is not sound: the mistake gives the colleague's words, and sending the page once
    more is a decision. What comes back without `seen` counts as written now.
    """

    @property
    def seen(self) -> str:
        return " ".join(f"{name}:{_mark(self._stored(name))}" for name in self.fields)

    def full_clean(self) -> None:
        clashes = self._meet() if self.is_bound else {}
        super().full_clean()
        for name, stored in clashes.items():
            choices: dict[Any, Any] = dict(getattr(self.fields[name], "choices", ()))
            stands = Truncator(", ".join(str(choices.get(one, one)) for one in stored) or _("nothing")).chars(300)
            told = _(
                "Something else was saved here meanwhile, by a colleague or by you in another window: “%(words)s”. "
                "Yours is not saved: send this page again if it shall stand instead."
            )
            self.add_error(name, told % {"words": stands})

    def _meet(self) -> dict[str, list[str]]:
        """Put what colleagues wrote into the fields that came back as they were; what stands now in those that both wrote in."""
        clashes, data = {}, self.data.copy()
        for name, mark in self._marks_sent():
            stored, typed = self._stored(name), _sent(self[name].value())
            if _mark(stored) == mark or stored == typed:
                continue
            if _mark(typed) == mark:
                data.setlist(name, stored)
            else:
                clashes[name] = stored
        self.data = data
        return clashes

    def _marks_sent(self) -> list[tuple[str, str]]:
        marks = dict(pair.partition(":")[::2] for pair in str(self.data.get("seen", "")).split())
        return [(name, marks[name]) for name in self.fields if name in marks]

    def _stored(self, name: str) -> list[str]:
        field = self.fields[name]
        return _sent(field.prepare_value(self.get_initial_for_field(field, name)))


def _sent(value: Any) -> list[str]:
    """What the browser sends back of it, however it ends lines: a text, nothing when empty, or one text for each box that is ticked."""
    values = value if isinstance(value, list) else [value]
    texts = (str(one).replace("\r\n", "\n").strip() for one in values if one not in (None, False))
    return sorted(filter(None, texts))


def _mark(texts: list[str]) -> str:
    return hashlib.blake2s("\n".join(texts).encode(), digest_size=4).hexdigest()
