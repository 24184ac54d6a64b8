"""What the kernel log, the module tools and the vGPU daemons say: each wording with its kind and captures."""

from __future__ import annotations

import pytest

from vgpu_doctor.grammar.tables import automaton

KERNEL = [
    (
        "nvidia: version magic '6.8.4-2-pve SMP' should be '6.8.4-3-pve SMP'",
        "vermagic",
        {"module": "nvidia", "found": "6.8.4-2-pve SMP", "wanted": "6.8.4-3-pve SMP"},
    ),
    (
        "nvidia: version magic '2.6.14-ck1 K7 gcc-3.4' should be",
        "vermagic",
        {"module": "nvidia", "found": "2.6.14-ck1 K7 gcc-3.4"},
    ),
    (
        "nvidia_drm: Unknown symbol drm_open (err -2)",
        "unknown-symbol",
        {"module": "nvidia_drm", "symbol": "drm_open", "error": "-2"},
    ),
    ("nvidia: Unknown symbol drm_open", "unknown-symbol", {"module": "nvidia", "symbol": "drm_open"}),
    (
        "nvidia: disagrees about version of symbol module_layout",
        "symbol-version",
        {"module": "nvidia", "symbol": "module_layout"},
    ),
    ("Loading of unsigned module is rejected", "unsigned-rejected", {}),
    ("nvidia: loading of unsigned module is rejected", "unsigned-rejected", {"module": "nvidia"}),
    ("Loading of module with unavailable key is rejected", "key-rejected", {}),
    ("nvidia: loading of module with unavailable key is rejected", "key-rejected", {"module": "nvidia"}),
    ("PKCS#7 signature not signed with a trusted key", "signature-untrusted", {}),
    ("PKCS#7: module signed by unknown key", "signature-untrusted", {}),
    (
        "Lockdown: modprobe: unsigned module loading is restricted; see man kernel_lockdown.7",
        "lockdown",
        {"process": "modprobe", "text": "unsigned module loading"},
    ),
    (
        "nvidia: module verification failed: signature and/or required key missing - tainting kernel",
        "module-verification-failed",
        {"module": "nvidia"},
    ),
    ("nvidia: loading out-of-tree module taints kernel.", "taint", {"module": "nvidia"}),
    ("nvidia: module license 'NVIDIA' taints kernel.", "taint", {"module": "nvidia"}),
    ("NVRM: loading NVIDIA UNIX x86_64 Kernel Module  550.90.05", "loading-driver", {}),
    (
        "failing symbol_get of non-GPLONLY symbol nvidia_vgpu_vfio_get_ops.",
        "symbol-get-non-gpl",
        {"symbol": "nvidia_vgpu_vfio_get_ops"},
    ),
    (
        "nvidia_fs: module using GPL-only symbols uses symbols nvidia_p2p_dma_map_pages from "
        "proprietary module nvidia.",
        "gpl-symbols-from-proprietary",
        {"module": "nvidia_fs", "symbol": "nvidia_p2p_dma_map_pages", "owner": "nvidia"},
    ),
    ("failed to validate module [nvidia] BTF: -22", "btf-failed", {"module": "nvidia", "error": "-22"}),
    ("proc_dir_entry 'driver/nvidia' already registered", "proc-entry-registered", {"name": "driver/nvidia"}),
    (
        "WARNING: CPU: 3 PID: 1234 at drivers/vfio/vfio_main.c:290 __vfio_register_dev+0x20e/0x220 [vfio]",
        "vfio-register-warning",
        {"function": "__vfio_register_dev"},
    ),
    (
        "CPU: 3 PID: 1234 at drivers/vfio/vfio_main.c:290 __vfio_register_dev+0x20e/0x220 [vfio]",
        "vfio-register-warning",
        {"function": "__vfio_register_dev"},
    ),
    (
        "WARNING: drivers/vfio/vfio_main.c:290 at __vfio_register_dev+0x20e/0x220 [vfio], CPU#3: modprobe/1234",
        "vfio-register-warning",
        {"function": "__vfio_register_dev"},
    ),
    (
        "WARNING: CPU: 2 PID: 4059 at fs/proc/generic.c:402 proc_register+0x17c/0x220",
        "kernel-warning",
        {"function": "proc_register"},
    ),
    ("BUG: kernel NULL pointer dereference, address: 0000000000000040", "oops", {}),
    ("Oops: 0000 [#1] PREEMPT SMP PTI", "oops", {}),
    ("RIP: 0010:nv_open+0x12/0x40 [nvidia]", "oops-place", {"function": "nv_open", "module": "nvidia"}),
    ("Out of memory: Killed process 1234 (cc1) total-vm:1kB", "out-of-memory", {"program": "cc1"}),
    (
        "nvidia 0000:01:00.0: Direct firmware load for nvidia/535.161.05/gsp_tu10x.bin failed with error -2",
        "firmware-missing",
        {"firmware": "nvidia/535.161.05/gsp_tu10x.bin", "error": "-2"},
    ),
    (
        "[drm:nv_drm_load [nvidia_drm]] *ERROR* [nvidia-drm] [GPU ID 0x00000100] Failed to allocate NvKmsKapiDevice",
        "drm-failed",
        {"text": "Failed to allocate NvKmsKapiDevice"},
    ),
    (
        "nvidia: probe of 0000:01:00.0 failed with error -1",
        "probe-failed",
        {"module": "nvidia", "device": "0000:01:00.0", "error": "-1"},
    ),
    (
        "nvidia 0000:3c:00.0: probe with driver nvidia failed with error -1",
        "probe-failed",
        {"module": "nvidia", "device": "0000:3c:00.0", "error": "-1"},
    ),
    (
        "nvidia-vgpu-vfio 33485650-079b-11ee-9fca-8f6415d2734c: probe with driver nvidia-vgpu-vfio "
        "failed with error -22",
        "probe-failed",
        {"module": "nvidia-vgpu-vfio", "device": "33485650-079b-11ee-9fca-8f6415d2734c", "error": "-22"},
    ),
    (
        "modprobe: FATAL: Module nvidia not found in directory /lib/modules/6.8.4-2-pve",
        "kmod-not-found",
        {"module": "nvidia", "path": "/lib/modules/6.8.4-2-pve"},
    ),
    (
        "Module nvidia not found in directory /lib/modules/6.8.4-2-pve",
        "kmod-not-found",
        {"module": "nvidia", "path": "/lib/modules/6.8.4-2-pve"},
    ),
    ("FATAL: Module nvidia not found.", "kmod-not-found", {"module": "nvidia"}),
    (
        "modprobe: ERROR: could not insert 'nvidia': Key was rejected by service",
        "kmod-insert-failed",
        {"module": "nvidia", "reason": "Key was rejected by service"},
    ),
    (
        "modprobe: ERROR: could not insert 'nvidia_drm': Unknown symbol in module, or unknown parameter (see dmesg)",
        "kmod-insert-failed",
        {"module": "nvidia_drm", "reason": "Unknown symbol in module, or unknown parameter (see dmesg)"},
    ),
    (
        "insmod: ERROR: could not insert module ./nvidia.ko: No such device",
        "kmod-insert-failed",
        {"module": "./nvidia.ko", "reason": "No such device"},
    ),
    (
        "FATAL: Error inserting nvidia (/lib/modules/2.6.32/nvidia.ko): No such device",
        "kmod-insert-failed",
        {"module": "nvidia", "reason": "No such device"},
    ),
    (
        "insmod: error inserting './nvidia.ko': -1 Unknown symbol in module",
        "kmod-insert-failed",
        {"module": "./nvidia.ko", "reason": "Unknown symbol in module"},
    ),
    (
        "rmmod: ERROR: Module nvidia is in use by: nvidia_modeset nvidia_uvm",
        "kmod-in-use",
        {"module": "nvidia", "users": "nvidia_modeset nvidia_uvm"},
    ),
    ("modprobe: FATAL: Module nvidia is in use.", "kmod-in-use", {"module": "nvidia"}),
    (
        "depmod: WARNING: /lib/modules/x/nvidia.ko needs unknown symbol drm_open",
        "depmod-unknown-symbol",
        {"path": "/lib/modules/x/nvidia.ko", "symbol": "drm_open"},
    ),
    ("NVRM: API mismatch: the client 'nvidia-smi' (pid 123)", "nvrm-api-mismatch", {"client": "nvidia-smi"}),
    ("API mismatch: the client has the version 418.152.00, but", "nvrm-api-mismatch", {"version": "418.152.00"}),
    ("NVRM: This PCI I/O region assigned to your NVIDIA device is invalid:", "nvrm-bar-invalid", {}),
    ("NVRM: BAR1 is 0M @ 0x0 (PCI:0000:01:00.0)", "nvrm-bar-invalid", {"bar": "BAR1"}),
    ("a matching prefetchable memory window.", "nvrm-bar-invalid", {}),
    ("NVRM: request_mem_region failed for 16M @ 0xf000000. This can", "nvrm-request-mem-region", {}),
    ("NVRM: GPU at 00000000:01:00.0 has fallen off the bus.", "nvrm-fallen-off", {}),
    ("NVRM: GPU 0000:01:00.0: GPU has fallen off the bus.", "nvrm-fallen-off", {}),
    (
        "NVRM: Xid (PCI:0000:01:00): 79, pid=1, GPU has fallen off the bus.",
        "xid",
        {"device": "PCI:0000:01:00", "number": "79"},
    ),
    (
        "The NVIDIA GeForce GT 710 GPU installed in this system is supported through the NVIDIA 470.xx Legacy drivers.",
        "nvrm-legacy",
        {"gpu": "GeForce GT 710 GPU", "branch": "470.xx"},
    ),
    ("NVRM: supported through the NVIDIA 470.xx Legacy drivers. Please", "nvrm-legacy", {"branch": "470.xx"}),
    (
        "NVRM: installed in this system is supported through the NVIDIA 580.xx Legacy drivers.",
        "nvrm-legacy",
        {"branch": "580.xx"},
    ),
    ("NVRM: The NVIDIA GeForce 920M GPU installed in this system is", "nvrm-gpu", {"gpu": "GeForce 920M GPU"}),
    (
        "NVRM: The NVIDIA GPU 0000:3c:00.0 (PCI ID: 10de:2d04)",
        "nvrm-gpu",
        {"device": "0000:3c:00.0", "pci": "10de:2d04"},
    ),
    ("NVRM: installed in this system is not supported by the", "nvrm-not-supported", {}),
    (
        "NVRM: The NVIDIA GPU 0000:3c:00.0 (PCI ID: 10de:2d04) installed in this system is not "
        "supported by the NVIDIA 555.58.02 driver release.",
        "nvrm-not-supported",
        {"device": "0000:3c:00.0", "pci": "10de:2d04", "version": "555.58.02"},
    ),
    ("NVRM: installed in this system is not supported by open", "nvrm-not-supported-by-open", {}),
    ("NVRM: nvidia.ko because it does not include the required GPU", "nvrm-not-supported-by-open", {}),
    ("NVRM: installed in this system requires use of the NVIDIA open kernel modules.", "nvrm-needs-open", {}),
    ("NVRM: The NVIDIA probe routine was not called for 1 device(s).", "nvrm-no-gpu-bound", {}),
    ("NVRM: This can occur when a driver such as nouveau, rivafb,", "nvrm-other-driver", {}),
    ("NVRM: GPU 0000:01:00.0 is already bound to vfio-pci.", "nvrm-bound-to-vfio", {"driver": "vfio-pci"}),
    ("NVRM: _kgspBootGspRm: unexpected WPR2 already up, cannot proceed with booting GSP", "nvrm-wpr2", {}),
    ("NVRM: GPU 0000:01:00.0: RmInitAdapter: Cannot initialize GSP firmware RM", "nvrm-gsp-init-failed", {}),
    ("NVRM: GPU 0000:01:00.0: Failed to copy vbios to system memory.", "nvrm-vbios", {}),
    ("* `NVRM: request_irq() failed (-22)`", "nvrm-request-irq", {"error": "-22"}),
    ("NVRM: request_irq() failed (-22)", "nvrm-request-irq", {"error": "-22"}),
    (
        "NVRM: GPU 0000:01:00.0: RmInitAdapter failed! (0x26:0x56:1463)",
        "init-adapter-failed",
        {"code": "(0x26:0x56:1463)"},
    ),
    ("NVRM: rm_init_adapter failed for device bearing minor number 0", "init-adapter-failed", {}),
    ("NVRM: None of the NVIDIA devices were initialized.", "none-initialized", {}),
    ("NVRM: No NVIDIA GPU found.", "none-initialized", {}),
    ("nouveau 0000:01:00.0: NVIDIA GP107 (137000a1)", "nouveau-owns", {}),
    ("Failed to initialize NVML: Driver/library version mismatch", "nvml-mismatch", {}),
    ("Failed to initialize NVML: Unknown Error", "nvml-failed", {"reason": "Unknown Error"}),
    ("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.", "smi-no-driver", {}),
    ("nvidia-container-cli: initialization error: nvml error: driver not loaded: unknown", "smi-no-driver", {}),
    ("No devices were found", "smi-no-devices", {}),
    ("Unit nvidia-vgpud.service could not be found.", "unit-missing", {"unit": "nvidia-vgpud.service"}),
    (
        "Failed to start nvidia-vgpud.service: Unit nvidia-vgpud.service not found.",
        "unit-missing",
        {"unit": "nvidia-vgpud.service"},
    ),
    (
        "nvidia-vgpud.service: Failed with result 'exit-code'.",
        "unit-failed",
        {"unit": "nvidia-vgpud.service", "reason": "exit-code"},
    ),
    (
        "nvidia-vgpu-mgr.service: Main process exited, code=killed, status=11/SEGV",
        "unit-failed",
        {"unit": "nvidia-vgpu-mgr.service", "code": "killed", "status": "11/SEGV"},
    ),
    (
        "GPU not supported by vGPU at PCI Id: 0:82:0:0 DevID: 0x10de / 0x1b39",
        "vgpu-gpu-not-supported",
        {"pci": "0:82:0:0", "device": "0x10de / 0x1b39"},
    ),
    ("error: GPU not supported by vGPU at PCI Id: 0:82:0:0", "vgpu-gpu-not-supported", {"pci": "0:82:0:0"}),
    (
        "nvidia-vgpud[12]: error: failed to send vGPU configuration info to RM: 6",
        "vgpu-config-not-sent",
        {"status": "6"},
    ),
    ("error: failed to attach device: 59", "vgpud-attach-failed", {"status": "59"}),
    ("error: failed to read pGPU information: 9", "vgpud-pgpu-unreadable", {"status": "9"}),
    ("error: failed to set pGPU fractional multivgpu information: 56", "vgpu-fractional-failed", {"status": "56"}),
    ("error: vmiop_env_log: Failed to initialize RM client: 0x26", "vgpu-rm-client-failed", {"status": "0x26"}),
    (
        "error: vmiop_log: (0x0): Incompatible Guest/Host drivers: Guest VGX version is older",
        "vgpu-incompatible-guest",
        {"text": "Guest VGX version is older"},
    ),
    ("error: vmiop_log: (0x0): vGPU is supported only on VGX capable boards", "vgpu-not-vgx-board", {}),
    (
        "error: vmiop_env_log: (0x1): plugin_initialize failed  with error:0x1f",
        "vgpu-plugin-failed",
        {"status": "0x1f"},
    ),
    (
        "error: vmiop_env_log: (0x1): vmiope_process_configuration failed with 0x1f",
        "vgpu-plugin-failed",
        {"status": "0x1f"},
    ),
    ("error: vmiop_log: display_init failed for inst: 1", "vgpu-display-init-failed", {"instance": "1"}),
    (
        "error: vmiop_log: (0x0): Initialization: Failed to get static information error 2",
        "vgpu-init-failed",
        {"text": "Failed to get static information error 2"},
    ),
    (
        "error: vmiop_log: (0x0): init_device_instance failed for inst 0 with error 2 (x)",
        "vgpu-init-failed",
        {"text": "for inst 0 with error 2 (x)"},
    ),
    ("// error: vmiop_log: (0x0): Failed to get C2C info", "vgpu-init-failed", {}),
    ("(0x0): Failed to get C2C info", "vgpu-init-failed", {}),
    (
        "error: vmiop_log: (0x0): XID 43 detected on physical_chid:0x2c, guest_chid:0x14",
        "vgpu-guest-xid",
        {"number": "43"},
    ),
    (
        "error: vmiop_log: Assertion Failed at 0x40d057c4:272",
        "vgpu-error",
        {"text": "Assertion Failed at 0x40d057c4:272"},
    ),
    ("nvidia-gridd[1]: Failed to acquire/renew license from license server. (Info: x)", "vgpu-licence-failed", {}),
    (
        "nvidia-gridd[1]: Valid GRID license not found. GPU features and performance will be restricted.",
        "vgpu-licence-missing",
        {},
    ),
    (
        "[nvidia-vgpu-vfio] 33485650-079b-11ee-9fca-8f6415d2734c: start failed. status: 0x1",
        "vgpu-start-failed",
        {"status": "0x1"},
    ),
    ("33485650-079b-11ee-9fca-8f6415d2734c: start failed. status: 0x0", "vgpu-start-failed", {"status": "0x0"}),
    (
        "[nvidia-vgpu-vfio] 33485650-079b-11ee-9fca-8f6415d2734c: start failed. status: 0x0 Timeout Occured",
        "vgpu-start-timeout",
        {"status": "0x0"},
    ),
    ("[nvidia-vgpu-vfio] <uuid>: VF FLR failed during close -25", "vgpu-vf-flr-failed", {"error": "-25"}),
    (
        "[nvidia-vgpu-vfio] 33485650-079b-11ee-9fca-8f6415d2734c: VF FLR failed during close -25",
        "vgpu-vf-flr-failed",
        {"error": "-25"},
    ),
    (
        "vfio 33485650-079b-11ee-9fca-8f6415d2734c: error getting device from group 126: Input/output error",
        "vfio-group-io",
        {"group": "126", "reason": "Input/output error"},
    ),
    (
        "kvm: -device vfio-pci,id=hostdev0: vfio 33485650: error getting device from group 126: No such device",
        "vfio-group-io",
        {"group": "126", "reason": "No such device"},
    ),
    (
        "vfio 33485650: failed to read device config space: Bad address",
        "vfio-device-unreadable",
        {"reason": "Bad address"},
    ),
    (
        "kvm: -device vfio-pci,sysfsdev=/x: Property 'vfio-pci.enable-migration' not found",
        "qemu-property-missing",
        {"property": "vfio-pci.enable-migration"},
    ),
    ("NVRM: Failed to add vgpu create request: 0x38", "vgpu-create-failed", {"status": "0x38"}),
    (
        "NVRM: kernelhostvgpudeviceapiConstruct_IMPL: failed to register HOST_VGPU_DEVICE object",
        "vgpu-device-not-registered",
        {},
    ),
    (
        "NVRM: kfifoChidMgrReserveSystemChids_IMPL: Failed to reserve channel IDs. Status = 0x1f",
        "vgpu-chids-not-reserved",
        {"status": "0x1f"},
    ),
    ("NVRM: Can't change software runlist max count.", "vgpu-runlist-limit", {}),
    (
        "bash: /sys/bus/pci/devices/0000:01:00.0/mdev_supported_types/nvidia-47/create: Invalid argument",
        "mdev-create-failed",
        {"reason": "Invalid argument"},
    ),
    ("ls: cannot access '/sys/class/mdev_bus': No such file or directory", "mdev-bus-missing", {}),
    ("NVRM: Open nvidia.ko is only ready for use on Data Center GPUs.", "nvrm-open-data-center", {}),
    ("initialization error: nvml error: driver/library version mismatch: unknown", "nvml-mismatch", {}),
    (
        "runc create failed: nvidia-container-cli: initialization error: nvml error: driver/library version mismatch",
        "nvml-mismatch",
        {},
    ),
    ("nvml error: insufficient permissions", "nvml-failed", {"reason": "insufficient permissions"}),
    ("error: vmiop_env_log: Failed to get VM UUID from QEMU command-line 0x57", "vgpu-vm-uuid-missing", {}),
    (
        "10:01:02 pve-a nvidia-vgpu-mgr[31]: error: vmiop_log: (0x0): vGPU is supported only on VGX capable boards",
        "vgpu-not-vgx-board",
        {},
    ),
    ("[] [nvidia-vgpu-vfio] 0b5fd3fb: start failed. status: 0x0", "vgpu-start-failed", {"status": "0x0"}),
    ("nvidia 0000:41:00.0: not enough MMIO resources for SR-IOV", "sriov-no-resources", {}),
    (
        "nvidia 0000:41:00.0: can't enable 16 VFs (bus 44 out of range of [bus 41-43])",
        "sriov-no-resources",
        {},
    ),
    ("TASK ERROR: IOMMU not present", "iommu-missing", {}),
    ("cannot prepare PCI pass-through, IOMMU not present", "iommu-missing", {}),
]

NOT_KNOWN = [
    "usb 1-1: new high-speed USB device number 2 using xhci_hcd",
    "nvidia-nvlink: Nvlink Core is being initialized, major device number 511",
    "nvidia 0000:01:00.0: MDEV: Registered",
    "notice: vmiop_log: (0x0): vGPU migration enabled",
    "systemd-logind.service: Failed with result 'exit-code'.",
    "vgaarb: changed VGA decodes",
    "Hello, the weather is fine.",
]


@pytest.mark.parametrize(("text", "kind", "captures"), KERNEL)
def test_message(text: str, kind: str, captures: dict[str, str]) -> None:
    assert automaton("kernel").parse(text, "kernel") == (kind, captures)


@pytest.mark.parametrize("text", NOT_KNOWN)
def test_other_text_is_not_known(text: str) -> None:
    assert automaton("kernel").parse(text, "kernel") is None
