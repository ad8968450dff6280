"""What the public reads of a changed text: all of it, in little, and soon."""

import re
from time import process_time

import pytest
from django.template.loader import render_to_string
from hypothesis import assume, given
from hypothesis import strategies as st

from core import differences as module
from core.differences import Change, Run, differences

OLD = "# Health workers first\n\nWe ask for fair pay.\n\n" + "".join(f"Paragraph {n} stays.\n\n" for n in range(9)) + "- rest\n- pay\n"
NEW = OLD.replace("fair pay.", "fair pay and rest.").replace("- pay", "- pay on time")


def read(changes: list[Change], *kinds: str) -> list[str]:
    """The words of one of the two texts, put together from the changes."""
    texts = (text for change in changes for text in [*change.folded, *(run.text for run in change.runs if run.kind in kinds)])
    return " ".join(texts).split()


def seen(old: str, new: str) -> str:
    html = render_to_string("components/differences.html", {"changes": differences(old, new)})
    return re.sub(r'<span class="visually-hidden">.*?</span>', "", html)


def test_nothing_differs_between_a_text_and_itself() -> None:
    assert differences(OLD, OLD) == []
    assert "The two texts are the same" in seen(OLD, OLD)


def test_changed_words_are_shown_in_their_paragraph_and_far_ones_are_folded() -> None:
    title, first, near, folded, last, items = differences(OLD, NEW)
    assert (title.kind, near.kind, last.kind) == ("same", "same", "same")
    assert first == Change("changed", [Run("same", "We ask for fair"), Run("removed", "pay."), Run("added", "pay and rest.")]), (
        "words are compared with their signs"
    )
    assert folded.kind == "folded"
    assert folded.folded == [f"Paragraph {n} stays." for n in range(1, 8)]
    assert items.runs == [Run("same", "- rest\n- pay"), Run("added", "on time")]


def test_a_paragraph_that_came_or_went_is_shown_as_one_and_a_changed_one_beside_what_it_was() -> None:
    old = "Care for carers now.\n\nPay them.\n\nSign here today please.\n"
    new = "An opening of its own kind.\n\nCare for all carers now.\n\nSign here today thanks.\n"
    assert [(change.kind, len(change.runs)) for change in differences(old, new)] == [
        ("added", 1),
        ("changed", 3),
        ("removed", 1),
        ("changed", 3),
    ]


def test_another_division_into_paragraphs_is_a_difference() -> None:
    assert "<del>" in seen("One two\nthree\n", "One two\n\nthree\n")


def test_additions_and_removals_are_told_without_colour() -> None:
    html = " ".join(
        render_to_string("components/differences.html", {"changes": differences("Ask <b>now</b>\n", "Ask <b>today</b>\n")}).split()
    )
    assert '<del><span class="visually-hidden">[removed: </span>&lt;b&gt;now&lt;/b&gt;<span class="visually-hidden">]</span></del>' in html
    assert '<ins><span class="visually-hidden">[added: </span>&lt;b&gt;today&lt;/b&gt;<span class="visually-hidden">]</span></ins>' in html


def test_unchanged_paragraphs_are_counted_and_unfold() -> None:
    assert "<summary>7 unchanged paragraphs</summary><p>Paragraph 1 stays.</p>" in seen(OLD, NEW)


PARAGRAPHS = st.lists(st.lists(st.sampled_from(["a", "b", "c", "d\ne"]), min_size=1, max_size=6).map(" ".join), max_size=8)


@given(PARAGRAPHS, PARAGRAPHS, st.sampled_from([0, 20, module.MAX_STEPS]))
def test_nothing_of_either_text_is_left_out(old: list[str], new: list[str], patience: int) -> None:
    assume(old != new)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MAX_STEPS", patience)
        changes = differences("\n\n".join(old) + "\n", "\n\n".join(new) + "\n")
    assert read(changes, "same", "removed") == " ".join(old).split()
    assert read(changes, "same", "added") == " ".join(new).split()
    assert not any(change.kind == "changed" and {run.kind for run in change.runs} == {"same"} for change in changes)


def text(paragraphs: int, words: int, *, shift: int = 0, every: int = 1) -> str:
    """A text of so many paragraphs in which one word of `every` is another when shifted."""
    numbers = [f"w{number + shift * (number % every == 0)}" for number in range(paragraphs * words)]
    return "\n\n".join(" ".join(numbers[place : place + words]) for place in range(0, len(numbers), words))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (text(300, 50), text(300, 50, shift=10**5)),
        (text(300, 50), text(300, 50, shift=10**5, every=10)),
        (text(1, 15_000), text(1, 15_000, shift=10**5, every=2)),
        (text(15_000, 1), text(15_000, 1, shift=10**5, every=2)),
        ("\n\n".join("abab" * 9_000), "\n\n".join("aabb" * 9_000)),
        ("a b b a " * 12_500, "b a " * 25_000),
    ],
    ids=["all of it", "each paragraph", "one paragraph", "paragraphs of a word", "the same few paragraphs", "the same few words"],
)
def test_a_long_text_is_compared_within_a_moment(old: str, new: str) -> None:
    began = process_time()
    assert differences(old + "\n", new + "\n")
    assert process_time() - began < 8, "it takes a second or two; without limits, minutes"


def test_a_word_changed_in_every_paragraph_of_a_long_text_is_shown_as_words() -> None:
    changes = differences(text(300, 50), text(300, 50, shift=10**5, every=50))
    assert {change.kind for change in changes} == {"changed"}
    assert sum(run.kind == "added" for change in changes for run in change.runs) == 300
