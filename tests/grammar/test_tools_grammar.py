"""What modpost, objtool, the linker, make and the shell say: each wording with its kind and captures."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from lark import Lark, logger

from vgpu_doctor.grammar import generate
from vgpu_doctor.grammar.starts import STARTS
from vgpu_doctor.grammar.tables import automaton

MODPOST = [
    (
        '"follow_pfn" [/tmp/selfgz1/kernel/nvidia.ko] undefined!',
        "undefined-symbol",
        {"symbol": "follow_pfn", "module": "/tmp/selfgz1/kernel/nvidia.ko"},
    ),
    ('"drm_open" [nvidia-drm.ko] undefined!', "undefined-symbol", {"symbol": "drm_open", "module": "nvidia-drm.ko"}),
    (
        "kernel/nvidia.ko: symbol 'follow_pfn' undefined!",
        "undefined-symbol",
        {"symbol": "follow_pfn", "module": "kernel/nvidia.ko"},
    ),
    (
        "GPL-incompatible module nvidia.ko uses GPL-only symbol '__rcu_read_lock'",
        "gpl-only-symbol",
        {"symbol": "__rcu_read_lock", "module": "nvidia.ko"},
    ),
    (
        "GPL-incompatible module nvidia.ko uses GPL-only symbol marked UNUSED 'x'",
        "gpl-only-symbol",
        {"symbol": "x", "module": "nvidia.ko"},
    ),
    (
        "kernel/nvidia.ko: GPL-incompatible module uses GPL-only symbol 'mutex_destroy'",
        "gpl-only-symbol",
        {"symbol": "mutex_destroy", "module": "kernel/nvidia.ko"},
    ),
    (
        "gpu-incompatible module nvidia.ko uses gpl-only symbol rcu_read_unlock_strict",
        "gpl-only-symbol",
        {"symbol": "rcu_read_unlock_strict", "module": "nvidia.ko"},
    ),
    (
        "module nvidia uses symbol dma_buf_get from namespace DMA_BUF, but does not import it.",
        "namespace-not-imported",
        {"module": "nvidia", "symbol": "dma_buf_get", "namespace": "DMA_BUF"},
    ),
    (
        "x/nvidia.ko: module uses symbol 'dma_buf_get' from namespace 'DMA_BUF', but does not import it.",
        "namespace-not-imported",
        {"module": "x/nvidia.ko", "symbol": "dma_buf_get", "namespace": "DMA_BUF"},
    ),
    (
        "nvidia: 'nv_get' exported twice. Previous export was in vmlinux",
        "duplicate-export",
        {"module": "nvidia", "symbol": "nv_get"},
    ),
    ("missing MODULE_DESCRIPTION() in nvidia.o", "missing-module-description", {}),
    ("nvidia.ko: missing MODULE_DESCRIPTION()", "missing-module-description", {"module": "nvidia.ko"}),
    ("missing MODULE_LICENSE() in nvidia.o", "missing-module-description", {}),
    (
        '"nvidia_p2p_get_pages" [nvidia.ko] has no CRC!',
        "no-crc",
        {"symbol": "nvidia_p2p_get_pages", "module": "nvidia.ko"},
    ),
    (
        'EXPORT symbol "nv_x" [nvidia.ko] version generation failed, symbol will not be versioned.',
        "version-generation-failed",
        {"symbol": "nv_x", "module": "nvidia.ko"},
    ),
    (
        'EXPORT symbol "nv_x" [nvidia.ko] version ...',
        "version-generation-failed",
        {"symbol": "nv_x", "module": "nvidia.ko"},
    ),
    (
        'Symbol version dump "/usr/src/linux-headers-6.8.4-2-pve/Module.symvers" is missing.',
        "symvers-missing",
        {"path": "/usr/src/linux-headers-6.8.4-2-pve/Module.symvers"},
    ),
    ("Symbol version dump ./Module.symvers", "symvers-missing", {"path": "./Module.symvers"}),
    ("Symbol info of vmlinux is missing. Unresolved symbol check will be entirely skipped.", "symvers-missing", {}),
    (
        "nvidia.o(.text+0x12): Section mismatch in reference from the function a() to the function .init.text:b()",
        "section-mismatch",
        {"module": "nvidia.o"},
    ),
    (
        "nvidia.o: section mismatch in reference: a (section: .text) -> b (section: .init.text)",
        "section-mismatch",
        {"module": "nvidia.o"},
    ),
    ("Found 1 section mismatch(es).", "section-mismatch", {}),
    ("suppressed 12 unresolved symbol warnings because there were too many)", "suppressed-warnings", {}),
    ("could not find /x/.nv-kernel.o.cmd for /x/nv-kernel.o", "command-file-missing", {}),
]

OBJTOOL = [
    ("retpoline check failed", "retpoline-failed", {}),
    ("_nv012345rm()+0x1c: indirect call found in RETPOLINE build", "retpoline-failed", {"function": "_nv012345rm"}),
    (
        "_nv012345rm+0x1c: indirect jump found in MITIGATION_RETPOLINE build",
        "retpoline-failed",
        {"function": "_nv012345rm"},
    ),
    ("_nv012345rm+0x1c: 'naked' return found in MITIGATION_RETHUNK build", "naked-return", {"function": "_nv012345rm"}),
    ("_nv012345rm+0x1c: ‘naked’ return found in RETHUNK build", "naked-return", {"function": "_nv012345rm"}),
    (
        ".rodata+0x1c: data relocation to !ENDBR: _nv012345rm+0x0",
        "objtool-notice",
        {"function": ".rodata", "text": "data relocation to !ENDBR: _nv012345rm+0x0"},
    ),
    (
        "nv_open() falls through to next function nv_close()",
        "objtool-notice",
        {"function": "nv_open", "text": "falls through to next function nv_close()"},
    ),
    (
        "nv_open.part.0: unexpected end of section .text",
        "objtool-notice",
        {"function": "nv_open.part.0", "text": "unexpected end of section .text"},
    ),
    ("can't find jump dest instruction at .text+0x12", "objtool-failed", {}),
]

LINKER = [
    ("undefined reference to `nv_open'", "undefined-reference", {"symbol": "nv_open"}),
    ("undefined reference to 'nv_open'", "undefined-reference", {"symbol": "nv_open"}),
    ("undefined symbol: nv_open", "undefined-reference", {"symbol": "nv_open"}),
    ("unrecognized option '--build-id=sha1'", "linker-option", {"option": "--build-id=sha1"}),
    ("unknown argument '--x'", "linker-option", {"option": "--x"}),
    ("cannot find -lelf: No such file or directory", "library-missing", {"library": "-lelf"}),
    ("cannot open output file nvidia.o: No such file or directory", "linker-file-missing", {"path": "output"}),
    (
        "nv-kernel.o: file not recognized: file format not recognized",
        "object-not-recognized",
        {"module": "nv-kernel.o"},
    ),
    ("final link failed: No space left on device", "no-space-left", {}),
    ("final link failed: bad value", "linker-exit-status", {}),
    (
        "nv-kernel.o: missing .note.GNU-stack section implies executable stack",
        "executable-stack",
        {"module": "nv-kernel.o"},
    ),
    (
        "NOTE: This behaviour is deprecated and will be removed in a future version of the linker",
        "executable-stack",
        {},
    ),
    ("nvidia.o: in function `nv_open':", "linker-notice", {"module": "nvidia.o"}),
    ("ld returned 1 exit status", "linker-exit-status", {"status": "1"}),
]

MAKE = [
    (
        "*** [scripts/Makefile.build:243: /tmp/x/nv.o] Error 1",
        "make-error",
        {"where": "scripts/Makefile.build:243", "target": "/tmp/x/nv.o", "status": "1"},
    ),
    ("*** [/tmp/x/nv.o] Error 1", "make-error", {"target": "/tmp/x/nv.o", "status": "1"}),
    ("*** [_module_/tmp/x] Error 2", "make-error", {"target": "_module_/tmp/x", "status": "2"}),
    (
        "*** [Makefile:85: modules] Error 127",
        "make-error",
        {"where": "Makefile:85", "target": "modules", "status": "127"},
    ),
    ("*** [Makefile:2: all] Killed", "make-killed", {"where": "Makefile:2", "target": "all", "signal": "Killed"}),
    ("*** [all] Segmentation fault (core dumped)", "make-killed", {"target": "all", "signal": "Segmentation fault"}),
    ("[M4:2: all] Error 1 (ignored)", "ignored-error", {"where": "M4:2", "target": "all", "status": "1"}),
    ("*** [Makefile:2: all] Deleting file 'all'", "deleting", {"where": "Makefile:2", "target": "all"}),
    ("Target 'all' not remade because of errors.", "not-remade", {"target": "all"}),
    ("Target `all' not remade because of errors.", "not-remade", {"target": "all"}),
    ("*** Waiting for unfinished jobs....", "waiting", {}),
    (
        "*** No rule to make target 'scripts/module.lds', needed by '/tmp/x/nvidia.ko'.  Stop.",
        "no-rule",
        {"target": "scripts/module.lds", "needed_by": "/tmp/x/nvidia.ko"},
    ),
    ("*** No rule to make target `modules'.  Stop.", "no-rule", {"target": "modules"}),
    (
        "*** /lib/modules/6.8.4-2-pve/build: No such file or directory.  Stop.",
        "no-directory",
        {"path": "/lib/modules/6.8.4-2-pve/build"},
    ),
    ('*** specified external module directory "/tmp/x" does not exist.  Stop.', "no-directory", {"path": "/tmp/x"}),
    ("*** source directory cannot contain spaces or colons.  Stop.", "path-with-space", {}),
    ("*** multiple target patterns.  Stop.", "multiple-targets", {}),
    ("*** No targets specified and no makefile found.  Stop.", "missing-makefile", {}),
    (
        "Entering directory '/usr/src/linux-headers-6.8.4-2-pve'",
        "directory",
        {"directory": "/usr/src/linux-headers-6.8.4-2-pve"},
    ),
    ("Leaving directory `/usr/src/linux'", "directory", {"directory": "/usr/src/linux"}),
    ("warning:  Clock skew detected.  Your build may be incomplete.", "clock-skew", {}),
    ("Warning: File 'Makefile' has modification time 12 s in the future", "clock-skew", {}),
    ("warning: jobserver unavailable: using -j1.  Add '+' to parent make rule.", "make-notice", {}),
    ("Nothing to be done for 'all'.", "nothing-to-do", {"target": "all"}),
    ("'all' is up to date.", "nothing-to-do", {"target": "all"}),
    ("Kernel configuration is invalid.", "kernel-config-invalid", {}),
    ("*** Unable to determine the target kernel version. ***", "makefile-version", {}),
    (
        "*** Cannot use CONFIG_STACK_VALIDATION=y, please install libelf-dev or libelf-devel.  Stop.",
        "build-library-missing",
        {"library": "libelf-dev"},
    ),
    (
        "*** You are building kernel with non-retpoline compiler, please update your compiler..  Stop.",
        "retpoline-compiler-missing",
        {},
    ),
    ("*** missing separator.  Stop.", "makefile-error", {"text": "missing separator.  Stop."}),
    ("gcc-77: No such file or directory", "command-not-found", {"command": "gcc-77"}),
    ("/usr/bin/gcc-12: No such file or directory", "command-not-found", {"command": "gcc-12"}),
    ("cc: Command not found", "command-not-found", {"command": "cc"}),
    ("vfork: Cannot allocate memory", "fork-failed", {"reason": "Cannot allocate memory"}),
]

SHELL = [
    ("gcc-12: not found", "command-not-found", {"command": "gcc-12"}),
    ("scripts/basic/fixdep: not found", "command-not-found", {"command": "fixdep"}),
    ("make: command not found", "command-not-found", {"command": "make"}),
    ("command not found: make", "command-not-found", {"command": "make"}),
    ("conftest.sh: 7200: gcc-11: not found", "command-not-found", {"command": "gcc-11"}),
    ("scripts/mod/modpost: No such file or directory", "command-not-found", {"command": "modpost"}),
    ("'dkms': No such file or directory", "command-not-found", {"command": "dkms"}),
    ("cp: error writing '/usr/lib/x.so': No space left on device", "no-space-left", {"path": "/usr/lib/x.so"}),
    ("cp: error writing ‘/usr/lib/x.so’: No space left on device", "no-space-left", {"path": "/usr/lib/x.so"}),
    ("tar: kernel/nv.c: Cannot write: No space left on device", "no-space-left", {"path": "kernel/nv.c"}),
    (
        "mkdir: cannot create directory '/tmp/selfgz12': No space left on device",
        "no-space-left",
        {"path": "/tmp/selfgz12"},
    ),
    ("cannot create /tmp/x: No space left on device", "no-space-left", {"path": "/tmp/x"}),
    ("cat: uts_release: No space left on device", "no-space-left", {"path": "uts_release"}),
    ("echo: write error: No space left on device", "no-space-left", {}),
    ("conftest.sh: 6212: echo: echo: I/O error", "io-error", {}),
    ("gzip: stdout: No space left on device", "no-space-left", {}),
    ("/tmp/cc12.s: No space left on device", "no-space-left", {"path": "/tmp/cc12.s"}),
    ("./nvidia-installer: Permission denied", "permission-denied", {"path": "./nvidia-installer"}),
    ("Permission denied", "permission-denied", {}),
    ("./a.run: /bin/sh: bad interpreter: Permission denied", "permission-denied", {"path": "./a.run"}),
    ("cannot create directory '/opt/x': Permission denied", "permission-denied", {"path": "/opt/x"}),
    ("./a.run: cannot execute binary file: Exec format error", "exec-format", {"path": "./a.run"}),
    ("cannot execute binary file: Exec format error", "exec-format", {}),
    ("scripts/mod/modpost: Exec format error", "exec-format", {"path": "scripts/mod/modpost"}),
    ("./nvidia-installer: Text file busy", "text-file-busy", {"path": "./nvidia-installer"}),
    (
        "./conftest.sh: /bin/bash^M: bad interpreter: No such file or directory",
        "interpreter-missing",
        {"path": "./conftest.sh"},
    ),
    ("syntax error near unexpected token `<'", "html-instead-of-package", {}),
    ("syntax error near unexpected token `newline'", "html-instead-of-package", {}),
    ("Syntax error: redirection unexpected", "html-instead-of-package", {}),
    ("<!DOCTYPE html>", "html-instead-of-package", {}),
    ("Killed", "killed", {}),
    (
        "fork: retry: Resource temporarily unavailable",
        "fork-failed",
        {"reason": "retry: Resource temporarily unavailable"},
    ),
    (
        "scripts/mod/modpost: /lib64/libc.so.6: version `GLIBC_2.38' not found (required by scripts/mod/modpost)",
        "glibc-too-old",
        {"version": "GLIBC_2.38", "path": "scripts/mod/modpost"},
    ),
    (
        "error while loading shared libraries: libelf.so.1: cannot open shared object file",
        "shared-library-missing",
        {"library": "libelf.so.1"},
    ),
    ("Hunk #1 FAILED at 10.", "patch-failed", {}),
    ("2 out of 3 hunks FAILED -- saving rejects to file kernel/nv.c.rej", "patch-failed", {"path": "kernel/nv.c.rej"}),
    ("patch: **** malformed patch at line 3", "patch-failed", {"text": "malformed patch at line 3"}),
    ("File nv-kernel.o: git binary diffs are not supported.", "patch-failed", {"path": "nv-kernel.o"}),
    ("warning: the compiler differs from the one used to build the kernel", "compiler-differs", {}),
    (
        "cannot create /sys/bus/pci/devices/0000:01:00.0/mdev_supported_types/nvidia-47/create: Invalid argument",
        "mdev-create-failed",
        {"reason": "Invalid argument"},
    ),
    ("cannot access '/sys/class/mdev_bus': No such file or directory", "mdev-bus-missing", {}),
]

NOT_KNOWN = [
    ("modpost", "the weather is fine"),
    ("linker", "the weather is fine"),
    ("make", "the weather is fine"),
    ("make", "*** "),
    ("shell", "the weather is fine"),
    ("shell", "asm/system.h: No such file or directory"),
    ("shell", "note: there is no space left in this room"),
]


@pytest.mark.parametrize(
    ("start", "text", "kind", "captures"),
    [
        (start, *line)
        for start, lines in (
            ("modpost", MODPOST),
            ("objtool", OBJTOOL),
            ("linker", LINKER),
            ("make", MAKE),
            ("shell", SHELL),
        )
        for line in lines
    ],
)
def test_message(start: str, text: str, kind: str, captures: dict[str, str]) -> None:
    assert automaton("tools").parse(text, start) == (kind, captures)


@pytest.mark.parametrize(("start", "text"), NOT_KNOWN)
def test_other_text_is_not_known(start: str, text: str) -> None:
    assert automaton("tools").parse(text, start) is None


@pytest.mark.parametrize("grammar", STARTS)
def test_grammar_has_no_conflict(grammar: str, caplog: pytest.LogCaptureFixture) -> None:
    text = (Path(generate.__file__).parent / f"{grammar}.lark").read_text(encoding="utf-8")
    logger.addHandler(caplog.handler)
    with caplog.at_level(logging.DEBUG, logger=logger.name):
        Lark(text, parser="lalr", lexer="contextual", start=list(STARTS[grammar]), debug=True)
    logger.removeHandler(caplog.handler)
    assert [record.message for record in caplog.records if "onflict" in record.message] == []
