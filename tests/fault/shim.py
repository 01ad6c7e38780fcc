"""Machines that fail on command: a library is preloaded into a process, and told through a mapped file what to do."""
import mmap
import os
import struct
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
FIELDS = ("clock_offset_s", "fsync_delay_ms", "fsync_errno", "write_errno", "countdown", "sticky", "allocations", "failures")


class Shim:
    """`shim = Shim("machine", folder)`; process.environment = shim.environment(); shim.fsync_errno = errno.EIO."""

    libraries = {}

    def __init__(self, name):
        self.__dict__["path"] = tempfile.NamedTemporaryFile(prefix="bochuang-shim-")
        self.path.write(bytes(4096))
        self.path.flush()
        self.__dict__["map"] = mmap.mmap(self.path.fileno(), 4096)
        self.__dict__["library"] = self.build(name)

    @classmethod
    def build(cls, name):
        if name not in cls.libraries:
            folder = tempfile.mkdtemp(prefix="bochuang-shim-")
            library = Path(folder) / f"shim_{name}.so"
            subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-D_GNU_SOURCE", "-o", str(library), str(HERE / f"shim_{name}.c")], check=True)
            cls.libraries[name] = library
        return cls.libraries[name]

    def environment(self):
        sanitizer = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        return {**os.environ, "LD_PRELOAD": str(self.library), "FAULT_SHIM": self.path.name, "ASAN_OPTIONS": sanitizer}

    def __getattr__(self, name):
        return struct.unpack_from("<q", self.map, FIELDS.index(name) * 8)[0]

    def __setattr__(self, name, value):
        struct.pack_into("<q", self.map, FIELDS.index(name) * 8, value)

    def close(self):
        self.map.close()
        self.path.close()
