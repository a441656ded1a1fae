"""Packs the bundle: pack.py DIRECTORY ZIP. Rejects a server that is not statically linked, and a bundle that is too large.

The same files always result in the same bytes: the entries are sorted and have no times and owners. A hash of the
archive therefore identifies its contents.
"""

import hashlib
import struct
import sys
import zipfile
from pathlib import Path

MAX_BYTES = 15_000_000
# The earliest time that the format can express.
EARLIEST_TIME = (1980, 1, 1, 0, 0, 0)

PT_DYNAMIC, PT_INTERP = 2, 3
DT_NULL, DT_NEEDED = 0, 1


def check_static(program: Path) -> None:
    """Exits unless the program is static: one without an interpreter (the dynamic linker) and without shared libraries."""
    elf = program.read_bytes()
    if elf[:6] != b"\x7fELF\x02\x01":
        sys.exit(f"Error: {program} is not a 64-bit Linux program.")
    (table,) = struct.unpack_from("<Q", elf, 32)
    size, count = struct.unpack_from("<HH", elf, 54)
    for entry in range(table, table + size * count, size):
        kind, _, start, _, _, length = struct.unpack_from("<IIQQQQ", elf, entry)
        needs_library = kind == PT_DYNAMIC and any(tag == DT_NEEDED for tag in dynamic_tags(elf, start, length))
        if kind == PT_INTERP or needs_library:
            sys.exit(f"Error: {program} is not statically linked, so it would not run on every Linux.")


def dynamic_tags(elf: bytes, start: int, length: int):
    for entry in range(start, start + length, 16):
        (tag,) = struct.unpack_from("<q", elf, entry)
        if tag == DT_NULL:
            return
        yield tag


def pack(directory: Path, archive: Path) -> None:
    files = sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file())
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name in files:
            entry = zipfile.ZipInfo(name, EARLIEST_TIME)
            entry.create_system = 3  # Unix, which has permissions
            mode = 0o100755 if name == "server" else 0o100644
            entry.external_attr = mode << 16
            # These files are already compressed.
            is_compressed = name.endswith((".br", ".gz"))
            entry.compress_type = zipfile.ZIP_STORED if is_compressed else zipfile.ZIP_DEFLATED
            packed.writestr(entry, (directory / name).read_bytes())


def main() -> None:
    directory, archive = Path(sys.argv[1]), Path(sys.argv[2])
    check_static(directory / "server")
    new = archive.with_suffix(".new")
    pack(directory, new)
    size = new.stat().st_size
    if size > MAX_BYTES:
        sys.exit(f"Error: the bundle has {size} bytes, more than the {MAX_BYTES} that scripts/pack.py allows.")
    digest = hashlib.sha256(new.read_bytes()).hexdigest()
    new.replace(archive)
    server = (directory / "server").stat().st_size
    print(f"{archive}: {size / 1e6:.1f} MB (the unpacked server: {server / 1e6:.1f} MB), SHA-256 {digest[:12]}…")


main()
