"""How stylesheets, scripts and templates are laid out, checked by `./run check`: `python -m tests.formatting`."""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 120
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_ASIDE = re.compile(r"""("[^"]*"|'[^']*'|\([^()]*\))""")
_TEMPLATE_TAG = r"\{%(?:(?!%\}).)*%\}|\{\{(?:(?!\}\}).)*\}\}|\{#(?:(?!#\}).)*#\}"
# An HTML tag, or one of its attributes, whose values may hold template tags.
_VALUE = rf'"(?:{_TEMPLATE_TAG}|[^"{{]|\{{(?![%{{#]))*"'
_ONE_TAG = re.compile(rf"(?:{_TEMPLATE_TAG}|</?[\w:-]+(?:\s+[\w:-]+(?:={_VALUE})?)*\s*/?>|[\w:-]+={_VALUE})")

Complaints = Iterator[tuple[int, str]]


def css(text: str) -> Complaints:
    """One declaration and one selector a line."""
    yield from lines(text)
    bare = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), text)
    while bare != (bare := _ASIDE.sub("", bare)):
        pass
    for number, line in enumerate(map(str.strip, bare.splitlines()), 1):
        if re.search(r"[;{}].", line):
            yield number, "more than one declaration, or a rule on one line"
        elif "," in line[:-1] and line[-1] in "{," and not line.startswith("@"):
            yield number, "more than one selector"


def lines(text: str) -> Complaints:
    """No line that is too long."""
    yield from ((number, too_long(line)) for number, line in enumerate(text.splitlines(), 1) if len(line) > LONGEST)


def template(text: str) -> Complaints:
    """No line that is too long, unless it is a single tag or attribute."""
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > LONGEST and not _ONE_TAG.fullmatch(line.strip()):
            yield number, too_long(line)


def too_long(line: str) -> str:
    return f"{len(line)} characters; {LONGEST} are the most"


LAYOUTS: dict[str, Callable[[str], Complaints]] = {
    "static/**/*.css": css,
    "static/**/*.js": lines,
    "templates/**/*.html": template,
}


def main() -> int:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {complaint}"
        for pattern, layout in LAYOUTS.items()
        for path in sorted(ROOT.glob(pattern))
        for number, complaint in layout(path.read_text())
    ]
    print("\n".join(found), end="\n" * bool(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
