"""Pictures and documents for tests: sound ones, and ones that somebody broke by accident or on purpose."""

import io
import struct
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image, ImageCms, PngImagePlugin, TiffImagePlugin

XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description photoshop:City="Lilongwe"/></rdf:RDF></x:xmpmeta>'


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def gradient(mode: str = "RGB", size: tuple[int, int] = (300, 200)) -> Image.Image:
    """Something with different pixels, so that turning and scaling can be told."""
    return Image.linear_gradient("L").resize(size).convert(mode)


def telephone_jpeg(orientation: int = 6) -> bytes:
    """A JPEG as a telephone writes it: turned, with the place it was taken at, the owner, a comment and XMP."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "Telephone"
    exif[ExifTags.Base.Artist] = "Owner Name"
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef] = "S"
    place[ExifTags.GPS.GPSLatitude] = tuple(TiffImagePlugin.IFDRational(number) for number in (13, 57, 45))
    return encoded(gradient(), "JPEG", exif=exif, xmp=XMP, comment=b"taken at home")


def png_of_claimed_size(width: int, height: int) -> bytes:
    """A few hundred bytes that claim to be a picture of that size: a decompression bomb."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def with_text(length: int, *, packed: bool = False) -> bytes:
    """A PNG with so long a comment, as some programs write their whole history into it."""
    comment = PngImagePlugin.PngInfo()
    comment.add_text("History", "x" * length, zip=packed)
    return encoded(gradient(), "PNG", pnginfo=comment)


def with_wrong_checksum() -> bytes:
    """A PNG whose comment was edited without its checksum."""
    return with_text(5).replace(b"xxxxx", b"edits")


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def palette_gif(frames: int = 1) -> bytes:
    """A GIF whose upper half is transparent; with more frames an animation."""
    picture = gradient("RGBA", (100, 60))
    picture.paste((0, 0, 0, 0), (0, 0, 100, 30))
    moved = [picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM)] * (frames - 1)
    return encoded(picture, "GIF", comment=b"by Owner Name", save_all=frames > 1, append_images=moved)


def sixteen_bits() -> bytes:
    """A grey PNG of 16 bits a pixel, from black to white."""
    picture = Image.new("I;16", (256, 10))
    picture.putdata([column * 257 for _row in range(10) for column in range(256)])
    return encoded(picture, "PNG")


def zipped(*names: str, size: int = 100) -> bytes:
    """A zip with these files of that many zeros each."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in names:
            archive.writestr(name, b"\0" * size)
    return out.getvalue()


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/octet-stream")
