"""Packs the bundle: pack.py FOLDER ZIP. Refuses a server that is not self-contained, and too many bytes.

The same files give the same bytes, so that a hash of the archive tells whether anything has changed:
sorted, without times and owners.
"""

import hashlib
import struct
import sys
import zipfile
from pathlib import Path

MOST_BYTES = 15_000_000
# The earliest that the format can express.
NO_TIME = (1980, 1, 1, 0, 0, 0)

PT_DYNAMIC, PT_INTERP = 2, 3
DT_NULL, DT_NEEDED = 0, 1


def check_static(program: Path) -> None:
    """A static program names no interpreter, which is the dynamic linker, and needs no library."""
    elf = program.read_bytes()
    if elf[:6] != b"\x7fELF\x02\x01":
        sys.exit(f"Error: {program} is not a 64-bit program for Linux.")
    (table,) = struct.unpack_from("<Q", elf, 32)
    size, count = struct.unpack_from("<HH", elf, 54)
    for entry in range(table, table + size * count, size):
        kind, _, start, _, _, length = struct.unpack_from("<IIQQQQ", elf, entry)
        needs_library = kind == PT_DYNAMIC and any(tag == DT_NEEDED for tag in dynamic_tags(elf, start, length))
        if kind == PT_INTERP or needs_library:
            sys.exit(f"Error: {program} is not statically linked; it would not run on every Linux.")


def dynamic_tags(elf: bytes, start: int, length: int):
    for entry in range(start, start + length, 16):
        (tag,) = struct.unpack_from("<q", elf, entry)
        if tag == DT_NULL:
            return
        yield tag


def pack(folder: Path, archive: Path) -> None:
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name in files:
            entry = zipfile.ZipInfo(name, NO_TIME)
            entry.create_system = 3  # Unix: with permissions
            mode = 0o100755 if name == "server" else 0o100644
            entry.external_attr = mode << 16
            # Not deflated a second time.
            stored = name.endswith((".br", ".gz"))
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            packed.writestr(entry, (folder / name).read_bytes())


def main() -> None:
    folder, archive = Path(sys.argv[1]), Path(sys.argv[2])
    check_static(folder / "server")
    new = archive.with_suffix(".new")
    pack(folder, new)
    size = new.stat().st_size
    if size > MOST_BYTES:
        sys.exit(f"Error: the bundle has {size} bytes; {MOST_BYTES} are allowed (see scripts/pack.py).")
    digest = hashlib.sha256(new.read_bytes()).hexdigest()
    new.replace(archive)
    server = (folder / "server").stat().st_size
    print(f"{archive}: {size / 1e6:.1f} MB (the server unpacked: {server / 1e6:.1f} MB), SHA-256 {digest[:12]}…")


main()
