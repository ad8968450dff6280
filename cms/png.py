"""PNG files with faults that no reader notices, made readable for a strict decoder.

Pillow refuses a sound picture for a wrong checksum in a comment, or for more than a megabyte of text or colour profile. None of these
change what the picture shows, and none are kept (`cms.uploads`).
"""

import struct
import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Larger profiles are valid and useless: a printer's whole description takes 3 MB.
MAX_PROFILE_BYTES = 8 * 1024**2
# What changes how the first frame looks (PNG specification, 11.3): transparency, colours, and in `eXIf` which side is up.
_KEPT = frozenset((b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"eXIf"))


def readable(content: bytes) -> tuple[bytes, bytes | None]:
    """The PNG with only the chunks that show its first frame, and its colour profile (ICC), if it has a sound one.

    Optional chunks with a wrong checksum are left out. Chunks that every decoder needs are passed on as they are, faults included. A file
    that is cut off ends where it ends. Never raises.
    """
    parts, profile = [SIGNATURE], None
    for kind, chunk, data, is_sound in _chunks(content):
        is_needed = not kind[0] & 0x20  # the case of the first letter (PNG specification, 5.4)
        if is_needed or (kind in _KEPT and is_sound):
            parts.append(chunk)
        elif kind == b"iCCP" and is_sound:
            profile = _inflated(data.partition(b"\0")[2][1:])
        if kind == b"IEND":
            break
    return b"".join(parts), profile


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes, bytes, bool]]:
    """Each chunk: its kind, all its bytes, its data, and whether its checksum is right."""
    at = len(SIGNATURE)
    while at + 8 <= len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        end = at + 8 + length
        data = content[at + 8 : end]
        yield kind, content[at : end + 4], data, content[end : end + 4] == struct.pack(">I", zlib.crc32(kind + data))
        at = end + 4


def _inflated(data: bytes) -> bytes | None:
    """The profile; None if it is damaged or larger than MAX_PROFILE_BYTES."""
    stream = zlib.decompressobj()
    try:
        profile = stream.decompress(data, MAX_PROFILE_BYTES)
    except zlib.error:
        return None
    return profile if stream.eof else None
