"""What a file is, by its first bytes: neither its name nor what a platform says about it counts."""

import io
import re
import zipfile

LARGEST = 20 << 20
LONGEST_NAME = 100
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u202a-\u202e\u2066-\u2069\ufeff]')
_BEGINS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"%PDF-", "application/pdf"),
    (b"#!AMR", "audio/amr"),
    (b"#!SILK", "audio/silk"),
    (b"\x02#!SILK", "audio/silk"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_INSIDE = (
    ("xl/", XLSX),
    ("word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
_ENDINGS = {
    "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/bmp": ".bmp", "image/webp": ".webp",
    "application/pdf": ".pdf", "audio/amr": ".amr", "audio/mpeg": ".mp3", "audio/ogg": ".ogg", "video/mp4": ".mp4",
    XLSX: ".xlsx", "application/zip": ".zip", "text/plain": ".txt",
}  # fmt: skip


def content_type(data: bytes) -> str | None:
    """The media type; None for what is not kept (programs, pages, whatever is not known)."""
    found = next((kind for begin, kind in _BEGINS if data.startswith(begin)), None)
    if found is not None:
        return found
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp":
        return "video/mp4"
    if data.startswith(b"PK\x03\x04"):
        return _packed(data)
    return "text/plain" if _is_text(data) else None


def _packed(data: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()[:1000]
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return None
    return next((kind for folder, kind in _INSIDE if any(n.startswith(folder) for n in names)), "application/zip")


def _is_text(data: bytes) -> bool:
    try:
        start = data[:4096].decode("utf-8", "ignore" if len(data) > 4096 else "strict").lower()
    except UnicodeDecodeError:
        return False
    return (
        bool(start)
        and not re.search(r"[\x00-\x08\x0e-\x1f\x7f]", start)
        and not re.search(r"<(?:!doctype|html|script|svg|\?xml)|^#!", start)
    )


def safe_name(name: str, kind: str | None = None) -> str:
    """A file's name as people sent it, without what could lead out of a folder; `kind` gives a missing ending."""
    bare = _NOT_IN_NAMES.sub("", name).strip(" .") or "文件"
    stem, dot, ending = bare.rpartition(".")
    bare = f"{stem[:LONGEST_NAME]}.{ending[:10]}" if dot else bare[:LONGEST_NAME]
    return bare if dot or kind is None else bare + _ENDINGS.get(kind, "")
