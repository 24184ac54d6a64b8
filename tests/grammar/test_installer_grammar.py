"""What nvidia-installer, the driver's own checks, DKMS and the package tools say: wordings with kind and captures."""

from __future__ import annotations

import pytest

from vgpu_doctor.grammar.tables import automaton

INSTALLER = [
    (
        "Installation has failed.  Please see the file '/var/log/nvidia-installer.log' for details.",
        "install-failed",
        {},
    ),
    (
        'An error occurred while performing the step: "Building kernel modules". See /var/log/x.log for details.',
        "step-failed",
        {"step": "Building kernel modules"},
    ),
    ("An error occurred. See /var/log/nvidia-installer.log for details.", "step-failed", {}),
    ("The command `cd kernel; /usr/bin/make -k -j4` failed with the following output:", "command-failed-output", {}),
    ("The nvidia-vgpu-vfio kernel module was not created.", "module-not-created", {"module": "nvidia-vgpu-vfio"}),
    ("The NVIDIA kernel module was not created.", "module-not-created", {}),
    ("nvidia.ko failed to build!", "module-not-created", {"module": "nvidia.ko"}),
    ("Unable to build the NVIDIA kernel module.", "module-build-failed-old", {}),
    (
        "The nvidia-drm kernel module failed to build. This kernel module is required for the proper "
        "operation of DRM-KMS. If",
        "optional-module-failed",
        {"module": "nvidia-drm", "action": "build"},
    ),
    (
        "Installation of the NVIDIA Accelerated Graphics Driver for Linux-x86_64 (version: 550.90.05) is now complete.",
        "install-complete",
        {},
    ),
    ("Post-install sanity check passed.", "post-install-check", {"result": "passed"}),
    (
        "The symbolic link '/usr/lib/libGL.so.1' does not point to '/usr/lib/libGL.so.2' as expected.",
        "symlink-wrong",
        {"path": "/usr/lib/libGL.so.1"},
    ),
    (
        "The installer has encountered the following error during installation: 'x is full'. Would "
        "you like to continue anyway? (Answer: Abort installation)",
        "command-list-error-question",
        {"reason": "x is full", "answer": "Abort installation"},
    ),
    (
        "Error opening log file '/var/log/nvidia-installer.log' for writing (Read-only file system); disabling logging",
        "log-open-failed",
        {"path": "/var/log/nvidia-installer.log", "reason": "Read-only file system"},
    ),
    (
        "Unable to load the kernel module 'nvidia.ko'.  This happens most frequently when",
        "kernel-modules-failed-to-load",
        {"module": "nvidia.ko"},
    ),
    ("Unable to load the 'nvidia-vgpu-vfio' kernel module.", "modprobe-failed", {"module": "nvidia-vgpu-vfio"}),
    (
        "Unable to unload the 'nvidia' kernel module: 'modprobe: FATAL: Module nvidia is in use.'",
        "modprobe-failed",
        {"module": "nvidia", "reason": "modprobe: FATAL: Module nvidia is in use."},
    ),
    ("Unable to load the kernel module: 'No such device'", "modprobe-failed", {"reason": "No such device"}),
    ("* `Unable to load the kernel module 'nvidia.ko'.`", "kernel-modules-failed-to-load", {"module": "nvidia.ko"}),
    ("Kernel module load error: No such device", "kernel-module-load-error", {"reason": "No such device"}),
    ("Kernel messages:", "kernel-messages", {}),
    (
        "The kernel module failed to load, because it was not signed by a key that is trusted by the kernel.",
        "module-not-trusted",
        {},
    ),
    (
        "The kernel module failed to load. Secure boot is enabled on this system, so this is likely "
        "because it was not signed by a key",
        "module-not-trusted",
        {},
    ),
    (
        "The signed kernel module failed to load, because the kernel does not trust any key",
        "signed-module-not-trusted",
        {},
    ),
    (
        "An error was encountered when loading the kernel module, but that error was ignored, and "
        "the kernel module will be installed, anyway. The error was: Required key not available",
        "load-error-ignored",
        {"reason": "Required key not available"},
    ),
    ("nvidia-installer must be run as root", "not-root", {}),
    ("You appear to be running an X server; please exit X before installing.", "x-running-error", {}),
    (
        "You appear to be running an X server.  Installing the NVIDIA driver while X is running is "
        "not recommended. (Answer: Abort installation)",
        "x-running-question",
        {"answer": "Abort installation"},
    ),
    (
        "Would you like to continue installation and skip the sanity checks? If not, please abort the installation. "
        "(Answer: Abort installation)",
        "module-in-use-question",
        {"answer": "Abort installation"},
    ),
    (
        "An NVIDIA kernel module 'nvidia-drm' appears to already be loaded in your kernel.",
        "module-in-use",
        {"module": "nvidia-drm"},
    ),
    (
        "An NVIDIA kernel module 'nvidia' appears to be already loaded in your kernel.",
        "module-in-use",
        {"module": "nvidia"},
    ),
    (
        "The Nouveau kernel driver is currently in use by your system.  This driver is incompatible",
        "nouveau-in-use-error",
        {},
    ),
    (
        "One or more modprobe configuration files to disable Nouveau are already present at: /etc/modprobe.d/x.conf.",
        "nouveau-disable-files-present",
        {},
    ),
    (
        "nvidia-installer is not able to perform some of the sanity checks which detect potential "
        "installation problems while Nouveau is loaded. Would you like to continue? (Answer: Abort installation)",
        "nouveau-continue-question",
        {"answer": "Abort installation"},
    ),
    ("Please disable Nouveau manually, then reboot", "nouveau-manual", {}),
    (
        "The installation was canceled due to the availability or presence of an alternate driver "
        "installation. Please see /x",
        "alternate-install-cancelled",
        {},
    ),
    (
        "The distribution-provided pre-install script failed!  Are you sure you want to continue? "
        "(Answer: Continue installation)",
        "pre-install-hook-failed",
        {"answer": "Continue installation"},
    ),
    (
        "There appears to already be a driver installed on your system (version: 535.161.05).  As "
        "part of installing (Answer: Continue installation)",
        "existing-driver-question",
        {"version": "535.161.05", "answer": "Continue installation"},
    ),
    ("No NVIDIA driver is currently installed; the '--kernel-modules-only' option", "kernel-module-only", {}),
    (
        "You do not appear to have an NVIDIA GPU supported by the 550.90.05 NVIDIA Linux graphics driver",
        "no-supported-gpu",
        {"version": "550.90.05"},
    ),
    (
        "The NVIDIA GeForce 920M GPU installed in this system is supported through the NVIDIA 470.xx Legacy drivers.",
        "legacy-gpu-ignored",
        {"gpu": "GeForce 920M GPU", "branch": "470.xx"},
    ),
    (
        "The NVIDIA Riva TNT GPU installed in this system is supported through the NVIDIA legacy "
        "Linux graphics drivers.",
        "legacy-gpu-ignored",
        {"gpu": "Riva TNT GPU"},
    ),
    (
        "Unable to find the system utility `ldconfig`; please make sure you have the package 'glibc' installed.",
        "tool-missing-system",
        {"program": "ldconfig", "package": "glibc"},
    ),
    (
        "Unable to find the development tool `cc` in your path; please make sure that you have the "
        "package 'gcc' installed.",
        "tool-missing-development",
        {"program": "cc", "package": "gcc"},
    ),
    ("Unable to find the development tool `make' in your path", "tool-missing-development", {"program": "make"}),
    (
        "Unable to find the module utility `modprobe`; please make sure you have the package "
        "'module-init-tools' or 'kmod' installed.",
        "tool-missing-module",
        {"program": "modprobe", "package": "module-init-tools"},
    ),
    ("You do not appear to have libc header files installed on your system.", "libc-headers-missing", {}),
    (
        "Failure executing command 'cd kernel; make' (Cannot allocate memory).",
        "command-exec-failed",
        {"command": "cd kernel; make", "reason": "Cannot allocate memory"},
    ),
    (
        "Failed to run `/usr/sbin/dkms build -m nvidia -v 460.107`: Error! x",
        "failed-to-run",
        {"command": "/usr/sbin/dkms build -m nvidia -v 460.107", "text": "Error! x"},
    ),
    ("Failed to run `/usr/sbin/depmod`:", "failed-to-run", {"command": "/usr/sbin/depmod"}),
    ("The CC sanity check failed:", "cc-sanity-failed", {}),
    ("The vgpu_kvm sanity check failed:", "sanity-check-failed", {"check": "vgpu_kvm"}),
    ("The PREEMPT_RT sanity check failed:", "sanity-check-failed", {"check": "PREEMPT_RT"}),
    (
        "The CC version check failed: (Answer: Ignore CC version check)",
        "cc-version-question",
        {"answer": "Ignore CC version check"},
    ),
    ("Compiler version check failed:", "cc-version-mismatch", {}),
    (
        "The kernel was built with gcc-13 (Debian) 13.2, but the current compiler version is gcc-12 12.2.",
        "cc-version-mismatch-ignored",
        {"kernel_compiler": "gcc-13 (Debian) 13.2", "compiler": "gcc-12 12.2."},
    ),
    (
        "The kernel was built with gcc version 12.2.0, but the",
        "cc-version-mismatch-ignored",
        {"kernel_compiler": "gcc version 12.2.0"},
    ),
    ("does not match the compiler used here:", "cc-version-details", {}),
    ("*** Failed CC version check. ***", "conftest-cc-version-failed", {}),
    ("*** Failed CC version check. Bailing out! ***", "conftest-bailing-out", {"check": "CC version"}),
    ("*** Failed CC sanity check. Bailing out! ***", "conftest-bailing-out", {"check": "CC"}),
    ("*** Failed vGPU on KVM sanity check. Bailing out! ***", "conftest-bailing-out", {"check": "vGPU on KVM"}),
    ("*** Failed rivafb sanity check. Bailing out! ***", "conftest-bailing-out", {"check": "rivafb"}),
    ("#### Failed CC version check. Bailing out!", "conftest-bailing-out", {"check": "CC version"}),
    ("Unable to find the kernel source tree for the currently running kernel.", "kernel-source-not-found", {}),
    ("The kernel source path '/usr/src/x' does not exist.", "kernel-source-path-missing", {"path": "/usr/src/x"}),
    ("The kernel source path '/usr' is invalid.", "kernel-source-path-invalid", {"path": "/usr"}),
    (
        "The kernel header file '/x/include/linux/kernel.h' does not exist.",
        "kernel-header-missing",
        {"path": "/x/include/linux/kernel.h"},
    ),
    (
        "Neither the '/x/version.h' nor the '/y/version.h' kernel header file exists.",
        "kernel-not-configured",
        {"path": "/x/version.h"},
    ),
    (
        "Unable to determine the version of the kernel sources located in '/usr/src/linux'.",
        "kernel-version-unknown",
        {"path": "/usr/src/linux"},
    ),
    (
        "Unable to determine kernel version (Function not implemented)",
        "kernel-version-unknown",
        {"reason": "Function not implemented"},
    ),
    ("*** Unable to determine the target kernel version. ***", "makefile-version", {}),
    (
        "Unable to copy the kernel module sources to temporary directory '/tmp/x'.",
        "copy-sources-failed",
        {"path": "/tmp/x"},
    ),
    ("The C compiler 'cc' does not appear to be able to", "conftest-cc", {"compiler": "cc"}),
    ("The kernel you are installing for is a PREEMPT_RT kernel!", "conftest-preempt-rt", {}),
    ("Below CONFIG options are missing on the kernel for installing", "conftest-vgpu-kvm", {}),
    ("Your kernel was configured to include rivafb support!", "conftest-rivafb", {}),
    ("The Module.symvers file is missing, or does not contain any", "conftest-module-symvers", {}),
    (
        "nvidia-installer cannot sign nvidia.ko without the `sign-file` utility.",
        "sign-file-missing",
        {"module": "nvidia.ko"},
    ),
    (
        "The installer was unable to sign nvidia.ko without specifying a hash algorithm.",
        "sign-hash-missing",
        {"module": "nvidia.ko"},
    ),
    (
        "The target kernel has CONFIG_MODULE_SIG set, which means that it supports signatures. "
        "(Answer: Install without signing)",
        "sig-question",
        {"answer": "Install without signing"},
    ),
    ("Failed to load DKMS tarball: Error! x", "dkms-tarball-failed", {"reason": "Error! x"}),
    (
        "A DKMS kernel module with version 460.107 is already installed.",
        "dkms-already-installed",
        {"version": "460.107"},
    ),
    (
        "The 'kernel-open' kernel modules are incompatible with the GPU(s) detected on this system.",
        "module-type-incompatible",
        {"type": "kernel-open"},
    ),
    ("Invalid parameter for '--ui'", "bad-option-value", {"option": "--ui"}),
    (
        "Unable to create '/usr/lib/x.so' for copying (No space left on device).",
        "file-failed",
        {"path": "/usr/lib/x.so", "reason": "No space left on device"},
    ),
    (
        "Unable to delete existing file '/usr/lib/x.so' (Is a directory).",
        "file-failed",
        {"path": "/usr/lib/x.so", "reason": "Is a directory"},
    ),
    (
        "Unable to set permissions 0644 for x (Read-only file system).",
        "file-failed",
        {"reason": "Read-only file system"},
    ),
    (
        "Unable to create temporary file (No space left on device)",
        "tmpfile-create",
        {"reason": "No space left on device"},
    ),
    ("Unable to backup directory '/usr/lib64/x.so'.", "backup-failed", {"path": "/usr/lib64/x.so"}),
    (
        "Unable to create backup log file '/var/lib/nvidia/log' (Read-only file system).",
        "backup-failed",
        {"path": "/var/lib/nvidia/log", "reason": "Read-only file system"},
    ),
    (
        "Failure opening package's .manifest file (No such file or directory).",
        "manifest-failed",
        {"reason": "No such file or directory"},
    ),
    (
        "The file '/usr/lib/x' already exists as part of this driver installation.",
        "file-conflict",
        {"path": "/usr/lib/x"},
    ),
    ("Error in MD5 checksums: 1f0e2a is different from 77ab31", "archive-corrupt", {}),
    ("in MD5 checksums: 1f0e2a is different from 77ab31", "archive-corrupt", {}),
    ("gzip: stdin: invalid compressed data--format violated", "archive-corrupt", {}),
    ("xz: (stdin): Unexpected end of input", "archive-corrupt", {}),
    ("gzip: stdin: invalid compressed data--format violated Extraction failed.", "archive-corrupt", {}),
    ("tar: Error is not recoverable: exiting now", "archive-corrupt", {}),
]

DKMS = [
    ("Building DKMS module 'nvidia-550.90.07' for kernel-6.9.4_1... FAILED!", "package-build-failed", {}),
    ("Building DKMS module: nvidia-390.138... FAILED!", "package-build-failed", {}),
    ("Building and installing nvidia-kmod [FAILED]", "package-build-failed", {}),
    (
        "Building rpms failed; see /var/cache/akmods/nvidia/550.90.07-1-for-6.9.4.failed.log for details",
        "package-build-failed",
        {"path": "/var/cache/akmods/nvidia/550.90.07-1-for-6.9.4.failed.log"},
    ),
    (
        "DKMS make.log for nvidia-550.90.07 for kernel 6.8.4-2-pve (x86_64)",
        "dkms-log-header",
        {"module": "nvidia", "version": "550.90.07", "kernel": "6.8.4-2-pve", "architecture": "x86_64"},
    ),
    (
        "DKMS make.log for nvidia-current/550.90.07 for kernel 6.8.4-2-pve (x86_64)",
        "dkms-log-header",
        {"module": "nvidia-current", "version": "550.90.07", "kernel": "6.8.4-2-pve", "architecture": "x86_64"},
    ),
    (
        "DKMS (dkms-3.1.5) make.log for nvidia/550.90.07 for kernel 6.8.4-2-pve (x86_64)",
        "dkms-log-header",
        {
            "dkms": "3.1.5",
            "module": "nvidia",
            "version": "550.90.07",
            "kernel": "6.8.4-2-pve",
            "architecture": "x86_64",
        },
    ),
    (
        "Your kernel headers for kernel 6.8.4-2-pve cannot be found at /lib/modules/6.8.4-2-pve/build",
        "dkms-headers-missing",
        {"kernel": "6.8.4-2-pve"},
    ),
    ("Module build for kernel 6.8.4-2-pve was skipped since the", "dkms-headers-missing", {"kernel": "6.8.4-2-pve"}),
    ("kernel headers for this kernel do not seem to be installed.", "dkms-headers-missing", {}),
    (
        "Automatic installation of modules for kernel 6.8.4-2-pve was skipped since the kernel headers for this kernel",
        "dkms-headers-missing",
        {"kernel": "6.8.4-2-pve"},
    ),
    (
        "Please install the linux-headers-6.14.8-2-pve package or use the --kernelsourcedir option",
        "dkms-headers-missing",
        {"kernel": "6.14.8-2-pve"},
    ),
    (
        "Bad return status for module build on kernel: 6.8.4-2-pve (x86_64)",
        "dkms-bad-status",
        {"kernel": "6.8.4-2-pve"},
    ),
    ("Building module(s)....(bad exit status: 2)", "dkms-bad-exit-status", {"status": "2"}),
    ("'make' -j4 modules....(bad exit status: 2)", "dkms-bad-exit-status", {"status": "2"}),
    (
        "Consult /var/lib/dkms/nvidia/550.90.07/build/make.log for more information.",
        "dkms-consult",
        {"path": "/var/lib/dkms/nvidia/550.90.07/build/make.log"},
    ),
    ("# exit code: 2", "dkms-exit-code", {"status": "2"}),
    (
        "Build of nvidia.ko failed for: 6.8.4-2-pve (x86_64)",
        "dkms-build-missing",
        {"module": "nvidia.ko", "kernel": "6.8.4-2-pve"},
    ),
    ("Could not locate nvidia.ko for module nvidia in the DKMS tree.", "dkms-build-missing", {"module": "nvidia"}),
    ("Could not locate dkms.conf file.", "dkms-conf-missing", {}),
    ("This module/version has already been built on: 6.8.4-2-pve", "dkms-built-already", {"kernel": "6.8.4-2-pve"}),
    ("DKMS tree already contains: nvidia-550.90.07", "dkms-added-already", {"module": "nvidia-550.90.07"}),
    ("Module version 550.90.07 for nvidia.ko", "dkms-not-newer", {"version": "550.90.07", "module": "nvidia.ko"}),
    (
        "for module nvidia/550.90.07 includes a BUILD_EXCLUSIVE directive which does not match this "
        "kernel/arch/config.",
        "dkms-build-exclusive",
        {},
    ),
    (
        "Aborting build of module nvidia/550.90.07 for kernel 6.8.4-2-pve (x86_64) due to missing BUILD_DEPENDS: drm.",
        "dkms-missing-build-dependency",
        {"module": "nvidia/550.90.07", "kernel": "6.8.4-2-pve", "architecture": "x86_64", "package": "drm."},
    ),
    ("One or more modules failed to install during autoinstall.", "dkms-autoinstall-failed", {}),
    (
        "Autoinstall on 6.8.4-2-pve failed for module(s) nvidia(10).",
        "dkms-autoinstall-failed",
        {"kernel": "6.8.4-2-pve", "module": "nvidia"},
    ),
    (
        "dkms autoinstall on 6.8.4-2-pve/x86_64 failed for nvidia(10)",
        "dkms-autoinstall-failed",
        {"kernel": "6.8.4-2-pve", "module": "nvidia"},
    ),
    ("Binary /lib/modules/x/build/scripts/sign-file not found, modules won't be signed", "dkms-unsigned", {}),
    ("Failed to sign module '/var/lib/dkms/x/nvidia.ko'!", "dkms-unsigned", {"module": "/var/lib/dkms/x/nvidia.ko"}),
    ("(dkms apport): kernel package linux-headers-6.8.4-2-pve is not supported", "dkms-apport", {}),
]

PACKAGES = [
    (
        "Unable to locate package pve-headers-6.8.4-2-pve",
        "unable-to-locate-package",
        {"package": "pve-headers-6.8.4-2-pve"},
    ),
    ("Package 'pve-headers' has no installation candidate", "unable-to-locate-package", {"package": "pve-headers"}),
    ("No match for argument: kernel-devel-6.1", "unable-to-locate-package", {"package": "kernel-devel-6.1"}),
    ("The following packages have unmet dependencies:", "unmet-dependencies", {}),
    (
        "nvidia-driver-535 : Depends: libnvidia-gl-535 (= 535.129.03-0ubuntu0.20.04.1) but it is not "
        "going to be installed",
        "unmet-dependencies",
        {"package": "nvidia-driver-535", "needed": "libnvidia-gl-535"},
    ),
    (
        "Depends: nvidia-kernel-source-535 (= 535.129.03-0ubuntu0.20.04.1) but it is not going to be installed",
        "unmet-dependencies",
        {"needed": "nvidia-kernel-source-535"},
    ),
    ("Unable to correct problems, you have held broken packages.", "held-packages", {}),
    ("Sub-process /usr/bin/dpkg returned an error code (1)", "dpkg-failed", {}),
    ("dpkg: error processing package nvidia-dkms-535 (--configure):", "dpkg-failed", {"package": "nvidia-dkms-535"}),
    (
        "installed nvidia-dkms-535 package post-installation script subprocess returned error exit status 10",
        "dpkg-failed",
        {"package": "nvidia-dkms-535", "status": "10"},
    ),
    (
        "trying to overwrite '/usr/lib/x.so', which is also in package libnvidia-gl-535 535.1",
        "package-file-conflict",
        {"path": "/usr/lib/x.so", "package": "libnvidia-gl-535"},
    ),
    (
        "/usr/share/initramfs-tools/hooks/nvidia failed with return 1.",
        "hook-failed",
        {"path": "/usr/share/initramfs-tools/hooks/nvidia", "status": "1"},
    ),
    (
        "run-parts: /etc/kernel/header_postinst.d/dkms exited with return code 11",
        "hook-failed",
        {"path": "/etc/kernel/header_postinst.d/dkms", "status": "11"},
    ),
    (
        "Failed to fetch http://packages.example.org/x  404  Not Found",
        "download-failed",
        {"url": "http://packages.example.org/x"},
    ),
    ("Temporary failure resolving 'packages.example.org'", "download-failed", {"url": "packages.example.org"}),
    ("curl: (6) Could not resolve host: download.nvidia.com", "download-failed", {"url": "download.nvidia.com"}),
    (
        "The repository 'https://enterprise.proxmox.com/debian/pve bookworm InRelease' is not signed.",
        "repository-unavailable",
        {"url": "https://enterprise.proxmox.com/debian/pve bookworm InRelease"},
    ),
    (
        "Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 123",
        "package-lock",
        {"path": "/var/lib/dpkg/lock-frontend."},
    ),
]

NOT_KNOWN = [
    ("installer", "Performing CC check."),
    ("installer", "The weather is fine."),
    ("installer", "Unable to find my keys"),
    ("dkms", "Cleaning build area..."),
    ("dkms", "The weather is fine."),
    ("packages", "The weather is fine."),
]


@pytest.mark.parametrize(
    ("start", "text", "kind", "captures"),
    [
        (start, *line)
        for start, lines in (("installer", INSTALLER), ("dkms", DKMS), ("packages", PACKAGES))
        for line in lines
    ],
)
def test_message(start: str, text: str, kind: str, captures: dict[str, str]) -> None:
    assert automaton("installer").parse(text, start) == (kind, captures)


@pytest.mark.parametrize(("start", "text"), NOT_KNOWN)
def test_other_text_is_not_known(start: str, text: str) -> None:
    assert automaton("installer").parse(text, start) is None
