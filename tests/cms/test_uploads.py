"""Whatever is uploaded, the answer is a picture without secrets or a sentence that says what is wrong; never a failure."""

import io
import json
from collections.abc import Callable, Iterable
from itertools import cycle
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from cms.models import SiteDocument, SiteImage
from cms.renditions import SPECS
from cms.uploads import MAX_SIDE, clean_picture, validate_document
from tests.support.pictures import (
    encoded,
    gradient,
    palette_gif,
    png_of_claimed_size,
    sixteen_bits,
    srgb_profile,
    telephone_jpeg,
    upload,
    with_text,
    with_wrong_checksum,
    zipped,
)

pytestmark = pytest.mark.one_database

SignIn = Callable[[Any], Client]

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
JPEG = telephone_jpeg()
PNG = encoded(gradient("RGBA"), "PNG")

SOUND = {
    "telephone.jpg": JPEG,
    "grey.jpg": encoded(gradient("L"), "JPEG"),
    "print.jpg": encoded(gradient("CMYK"), "JPEG"),
    "transparent.png": PNG,
    "palette.png": encoded(gradient("P"), "PNG", transparency=0),
    "one-bit.png": encoded(gradient("1"), "PNG"),
    "grey-and-alpha.png": encoded(gradient("LA"), "PNG"),
    "sixteen.png": sixteen_bits(),
    "still.gif": palette_gif(),
    "moving.gif": palette_gif(frames=5),
    "modern.webp": encoded(gradient("RGBA"), "WEBP"),
    "upper.JPEG": JPEG,
    "really-a-png.jpg": PNG,
    "really-a-jpeg.gif": JPEG,
    "without-extension": PNG,
    "phone.HEIC": encoded(gradient(), "HEIF"),
    "heic-named.jpg": encoded(gradient(), "HEIF"),
    "modern.avif": encoded(gradient(), "AVIF"),
    "long-comment.png": with_text(3_000_000),
    "long-packed-comment.png": with_text(3_000_000, packed=True),
    "wrong-checksum.png": with_wrong_checksum(),
    "large-profile.png": encoded(gradient(), "PNG", icc_profile=srgb_profile() + b"\0" * 3_000_000),
    "large-profile.jpg": encoded(gradient(), "JPEG", icc_profile=srgb_profile() + b"\0" * 300_000),
    "broken-profile.jpg": encoded(gradient("CMYK"), "JPEG", icc_profile=b"no profile" * 9),
    "a name with spaces & ünicode…" + "x" * 150 + ".jpg": JPEG,
}
BROKEN = {
    "vector.svg": SVG,
    "vector.png": SVG,
    "page.png": b"<!doctype html><script>alert(1)</script>",
    "script.jpg": b"<?php echo 1;",
    "empty.jpg": b"",
    "noise.jpg": bytes(range(256)) * 40,
    "truncated.jpg": JPEG[: len(JPEG) // 2],
    "head-only.jpg": JPEG[:200],
    "truncated.png": PNG[: len(PNG) // 2],
    "damaged.png": PNG[: len(PNG) // 2] + b"\xff" * 50 + PNG[len(PNG) // 2 + 50 :],
    "truncated.gif": palette_gif()[:60],
    "truncated.webp": encoded(gradient(), "WEBP")[:300],
    "bomb.png": png_of_claimed_size(60_000, 60_000),
    "wide.png": png_of_claimed_size(2_000_000_000, 1),
    "too-many-bytes.jpg": JPEG + b"\0" * (13 * 1024 * 1024),
    "bitmap.bmp": encoded(gradient(), "BMP"),
    "scan.tiff": encoded(gradient(), "TIFF"),
    "photoshop.png": b"8BPS\0\1" + b"\0" * 200,
    "script.eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n",
}


@pytest.fixture
def client(editor: Any, signed_in: SignIn) -> Client:
    return signed_in(editor)


def add_alone(client: Client, name: str, content: bytes) -> tuple[bool, list[str]]:
    answer = client.post(reverse("wagtailimages:add"), {"title": "A picture", "file": upload(name, content)})
    return answer.status_code == 302, file_errors(answer)


def file_errors(answer: Any) -> list[str]:
    """What a form says of its file, and of nothing in particular."""
    form = (answer.context or {}).get("form")
    return [*form.errors.get("file", []), *form.non_field_errors()] if form else []


def add_among_many(client: Client, name: str, content: bytes) -> tuple[bool, list[str]]:
    answer = client.post(reverse("wagtailimages:add_multiple"), {"title": "A picture", "files[]": upload(name, content)})
    assert answer.status_code == 200
    said = json.loads(answer.content)
    return said["success"], [said["error_message"]] if "error_message" in said else []


def add_in_chooser(client: Client, name: str, content: bytes) -> tuple[bool, list[str]]:
    form = {"image-chooser-upload-title": "A picture", "image-chooser-upload-file": upload(name, content)}
    answer = client.post(reverse("wagtailimages_chooser:create"), form)
    assert answer.status_code == 200
    said = json.loads(answer.content)
    return said["step"] == "chosen", file_errors(answer)


def put_in_place(client: Client, name: str, content: bytes) -> tuple[bool, list[str]]:
    image = SiteImage.objects.create(title="Former", file=ContentFile(encoded(gradient("L", (10, 10)), "PNG"), "former.png"))
    answer = client.post(reverse("wagtailimages:edit", args=(image.pk,)), {"title": "A picture", "file": upload(name, content)})
    return answer.status_code == 302, file_errors(answer)


WAYS = (add_alone, add_among_many, add_in_chooser, put_in_place)


def in_turn(ways: Iterable[Any], names: Iterable[str]) -> list[Any]:
    """Every file once and every way in turn: all ways lead to the same form, so each need not be tried with each."""
    return [pytest.param(way, name, id=f"{name[:20]}-{way.__name__}") for way, name in zip(cycle(ways), names)]


@pytest.mark.parametrize(("way", "name"), in_turn(WAYS, BROKEN))
def test_what_is_no_sound_picture_is_refused_with_a_sentence(way: Any, name: str, client: Client) -> None:
    before = SiteImage.objects.count() + (way is put_in_place)
    accepted, said = way(client, name, BROKEN[name])
    assert not accepted
    assert SiteImage.objects.count() == before
    assert len(said) == 1, said


@pytest.mark.parametrize(("way", "name"), in_turn(WAYS, SOUND))
def test_a_sound_picture_is_taken_and_all_its_sizes_can_be_made(way: Any, name: str, client: Client) -> None:
    accepted, said = way(client, name, SOUND[name])
    assert accepted, said
    image = SiteImage.objects.order_by("pk").last()
    assert image is not None
    with image.file.open() as file:
        stored = Image.open(file)
        stored.load()
        assert stored.mode in ("L", "RGB", "RGBA", "P")
        assert (image.width, image.height) == stored.size
        assert stored.format in ("JPEG", "PNG", "GIF", "WEBP")
        assert image.filename.lower().endswith(EXTENSIONS[stored.format])
        assert len(stored.info.get("icc_profile", b"")) <= 16 * 1024
    assert image.file_size == image.file.size
    for rendition in image.get_renditions(*SPECS).values():
        with rendition.file.open() as file:
            Image.open(file).load()


EXTENSIONS = {"JPEG": (".jpg", ".jpeg"), "PNG": (".png",), "GIF": (".gif",), "WEBP": (".webp",)}
SECRETS = (b"Exif", b"GPS", b"Telephone", b"Owner", b"xmpmeta", b"Lilongwe", b"taken at home")


def test_nothing_personal_is_kept_in_the_original_or_in_any_size(client: Client) -> None:
    assert all(secret in JPEG for secret in SECRETS if secret != b"GPS"), "the picture for this test holds what is looked for"
    with Image.open(io.BytesIO(JPEG)) as raw:
        assert raw.getexif().get_ifd(0x8825), "and a place"
    for way in WAYS:
        way(client, "telephone.jpg", JPEG)
        image = SiteImage.objects.order_by("pk").last()
        assert image is not None
        for file in (image.file, *(rendition.file for rendition in image.get_renditions(*SPECS, "original", "fill-300x300").values())):
            with file.open() as stream:
                content = stream.read()
            assert [secret for secret in SECRETS if secret in content] == [], file.name
            with Image.open(io.BytesIO(content)) as picture:
                assert dict(picture.getexif()) == {}
                assert not {"exif", "xmp", "comment"} & set(picture.info)


def test_a_turned_picture_stands_upright(client: Client) -> None:
    add_alone(client, "telephone.jpg", telephone_jpeg(orientation=6))
    image = SiteImage.objects.order_by("pk").last()
    assert image is not None
    assert (image.width, image.height) == (200, 300)


def test_a_gif_loses_its_comment_and_keeps_its_transparency() -> None:
    clean = clean_picture(ContentFile(palette_gif(frames=3), "moving.gif"))
    assert b"Owner" not in clean.read()
    with Image.open(clean) as picture:
        assert getattr(picture, "n_frames", 1) == 1
        assert picture.convert("RGBA").getextrema()[3][0] == 0


def test_sixteen_bits_are_scaled_not_cut_off() -> None:
    with Image.open(clean_picture(ContentFile(sixteen_bits(), "sixteen.png"))) as picture:
        assert picture.mode == "L"
        assert [picture.getpixel((column, 5)) for column in (0, 100, 255)] == [0, 100, 255]


def test_a_very_large_picture_is_made_smaller() -> None:
    large = encoded(Image.new("RGB", (6000, 3000), "#c8381a"), "JPEG")
    with Image.open(clean_picture(ContentFile(large, "large.jpg"))) as picture:
        assert max(picture.size) <= MAX_SIDE
        assert picture.width == 2 * picture.height


def test_the_colour_profile_stays_where_the_colours_stay() -> None:
    profile = srgb_profile()
    with Image.open(clean_picture(ContentFile(encoded(gradient(), "JPEG", icc_profile=profile), "screen.jpg"))) as picture:
        assert picture.info["icc_profile"] == profile
    with Image.open(clean_picture(ContentFile(encoded(gradient("CMYK"), "JPEG", icc_profile=profile), "print.jpg"))) as picture:
        assert "icc_profile" not in picture.info


@pytest.mark.parametrize("name", ["truncated.jpg", "page.png", "empty.jpg", "bomb.png", "bitmap.bmp"])
def test_code_that_stores_a_broken_picture_is_told(name: str) -> None:
    with pytest.raises(ValidationError):
        clean_picture(ContentFile(BROKEN[name], name))


@given(data=st.data(), kind=st.sampled_from(("JPEG", "PNG", "GIF", "WEBP")))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage_anywhere_is_refused_or_harmless(data: Any, kind: str) -> None:
    content = bytearray(encoded(gradient("P" if kind == "GIF" else "RGB", (64, 64)), kind))
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=6)):
        content[place] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(0, len(content))) :]
    try:
        clean = clean_picture(ContentFile(bytes(content), f"damaged.{kind.lower()}"))
    except ValidationError:
        return
    with Image.open(clean) as picture:
        picture.load()


def test_the_form_asks_for_what_readers_need(client: Client) -> None:
    page = client.get(reverse("wagtailimages:add")).content.decode()
    for words in ("Alternative text", "Credit", "Licence", "for those who cannot see it"):
        assert words in page
    add_alone(client, "grey.jpg", SOUND["grey.jpg"])
    image = SiteImage.objects.order_by("pk").last()
    assert image is not None
    assert image.default_alt_text == "", "a file's name is no alternative text"
    client.post(
        reverse("wagtailimages:edit", args=(image.pk,)),
        {"title": "T", "description": "A nurse at work", "credit": "Photo: A. Mwale", "licence": "CC BY 4.0"},
    )
    image.refresh_from_db()
    assert (image.default_alt_text, image.credit, image.licence) == ("A nurse at work", "Photo: A. Mwale", "CC BY 4.0")


def test_a_picture_put_in_place_of_another_has_its_sizes_at_once(client: Client) -> None:
    put_in_place(client, "wide.jpg", encoded(gradient("RGB", (1000, 200)), "JPEG"))
    image = SiteImage.objects.order_by("pk").last()
    assert image is not None
    assert set(image.renditions.values_list("filter_spec", flat=True)) >= set(SPECS)


# Documents

GOOD_DOCUMENTS = {
    "guide.pdf": b"%PDF-1.7\n...",
    "table.csv": "name,country\nÉlan,FR\n".encode(),
    "notes.txt": b"Some notes.",
    "utf-16.txt": "Łódź, 健康\r\n".encode("utf-16"),
    "utf-16-be.csv": b"\xfe\xff" + "name;country\r\nÉlan;FR\r\n".encode("utf-16-be"),
    "letter.docx": zipped("[Content_Types].xml", "word/document.xml"),
    "sheet.xlsx": zipped("xl/workbook.xml"),
    "slides.pptx": zipped("ppt/presentation.xml"),
    "letter.odt": zipped("mimetype", "content.xml"),
    "UPPER.PDF": b"%PDF-1.4\n",
}
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
BAD_DOCUMENTS = {
    "page.pdf": b"<!doctype html><script>alert(1)</script>",
    "page.html": b"<!doctype html>",
    "page.txt": b"  \n<html><body>",
    "drawing.svg": SVG,
    "drawing.csv": b"\xef\xbb\xbf<svg onload=alert(1)>",
    "program.exe": b"MZ\x90\0",
    "program.txt": b"MZ\x90\0",
    "page-in-utf-16.txt": "<html><script>".encode("utf-16"),
    "program-in-utf-16.txt": b"\xff\xfe\0\0\0\0MZ",
    "old.doc": OLD_OFFICE,
    "with-a-password.docx": OLD_OFFICE,
    "archive.zip": zipped("a.txt"),
    "archive.docx": zipped("a.txt"),
    "sheet.docx": zipped("xl/workbook.xml"),
    "bomb.xlsx": zipped("xl/workbook.xml", size=210 * 1024 * 1024),
    "truncated.docx": zipped("word/document.xml")[:40],
    "macro.docm": zipped("word/document.xml"),
    "no-extension": b"%PDF-1.7",
    "empty.pdf": b"",
    "large.pdf": b"%PDF-1.7" + b"\0" * (21 * 1024 * 1024),
}


def add_document_alone(client: Client, name: str, content: bytes) -> tuple[bool, list[str]]:
    answer = client.post(reverse("wagtaildocs:add"), {"title": "A document", "file": upload(name, content)})
    return answer.status_code == 302, file_errors(answer)


def add_document_among_many(client: Client, name: str, content: bytes) -> tuple[bool, list[str]]:
    answer = client.post(reverse("wagtaildocs:add_multiple"), {"title": "A document", "files[]": upload(name, content)})
    assert answer.status_code == 200
    said = json.loads(answer.content)
    return said["success"], [said["error_message"]] if "error_message" in said else []


def add_document_in_chooser(client: Client, name: str, content: bytes) -> tuple[bool, list[str]]:
    form = {"document-chooser-upload-title": "A document", "document-chooser-upload-file": upload(name, content)}
    answer = client.post(reverse("wagtaildocs_chooser:create"), form)
    assert answer.status_code == 200
    said = json.loads(answer.content)
    return said["step"] == "chosen", file_errors(answer)


DOCUMENT_WAYS = (add_document_alone, add_document_among_many, add_document_in_chooser)


@pytest.mark.parametrize(("way", "name"), in_turn(DOCUMENT_WAYS, BAD_DOCUMENTS))
def test_what_is_not_what_it_says_is_refused(way: Any, name: str, client: Client) -> None:
    before = SiteDocument.objects.count()
    accepted, said = way(client, name, BAD_DOCUMENTS[name])
    assert not accepted
    assert len(said) == 1, said
    assert SiteDocument.objects.count() == before


@pytest.mark.parametrize(("way", "name"), in_turn(DOCUMENT_WAYS, GOOD_DOCUMENTS))
def test_a_document_is_served_as_a_file_to_save(way: Any, name: str, client: Client) -> None:
    accepted, said = way(client, name, GOOD_DOCUMENTS[name])
    assert accepted, said
    document = SiteDocument.objects.order_by("pk").last()
    assert document is not None
    answer = Client().get(document.url)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "html" not in answer["Content-Type"]
    assert b"".join(answer.streaming_content) == GOOD_DOCUMENTS[name]
    assert Client().get(f"/media/{document.file.name}").status_code == 404, "a document has one address, which asks first"


def test_code_that_stores_a_false_document_is_told() -> None:
    with pytest.raises(ValidationError):
        validate_document(ContentFile(BAD_DOCUMENTS["page.pdf"], "page.pdf"))


def test_uploads_of_tests_do_not_reach_the_site(settings: Any) -> None:
    assert "test" in str(default_storage.location)
