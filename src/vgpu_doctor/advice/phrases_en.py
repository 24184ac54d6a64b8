"""The sentences of the remedies in English. Those that start with ``#`` stand among commands."""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    # titles
    "driver_vgpu": "Install vGPU {release} (host driver {build}), the newest of branch {branch} that works on {kernel}",
    "driver_other_branch": "Change to vGPU {release} (host driver {build}), which works on {kernel}",
    "driver_guest": (
        "Install the guest driver {build} of vGPU {release} in the virtual machine; it needs a host of vGPU {hosts}"
    ),
    "driver_plain": "Install NVIDIA driver {build} or a newer one of branch {branch}",
    "driver_plain_other": "Change to NVIDIA driver branch {branch}: {build} or newer",
    "driver_packaged": "Bring the packages of the driver up to date: to {builds}, or newer",
    "patch": "Patch driver {build} and install it again",
    "patch_tree": "Patch driver {build}, its modules of {tree}, and install it again",
    "pin": "Stay on Linux {series}: install and pin kernel {kernel}",
    "pin_with": "Stay on Linux {series} with vGPU {release} (host driver {build}): install and pin kernel {kernel}",
    "pin_other": "Stay on a kernel before {before}",
    # getting and installing a driver
    "fetch_vgpu": "# Download vGPU {release} for Linux KVM from NVIDIA's licensing portal and unpack {file} from it",
    "fetch_guest": (
        "# Download vGPU {release} from NVIDIA's licensing portal, or ask whoever runs the host for {file}; the host "
        "must run vGPU {hosts}"
    ),
    "fetch_plain": "# Download driver {build} from NVIDIA as a .run file",
    "rhel_package": (
        "# NVIDIA also ships each release as an .rpm for the minor release of RHEL that it was built for; where there "
        "is one for this minor release, install it instead of the .run file"
    ),
    "tools": "# Headers of the kernel, and what a build needs",
    "tools_yourself": (
        "# Install the headers of this kernel, a compiler, make and DKMS with the distribution's own tool"
    ),
    "dkms_out": "# Take the driver that does not build out of DKMS, so that the package of the kernel can be finished",
    "stop_vms": "# Shut down the virtual machines that use a vGPU; then:",
    "installer_decides": (
        "# The installer chooses between the modules of kernel and kernel-open by the card; which card this host has "
        "is "
        "not known here, so no option is given"
    ),
    "restart": "# Restart the host",
    "restart_machine": "# Restart the machine",
    "restart_vm": "# Restart the virtual machine",
    "guests": "# A host of vGPU {branch} takes the guest drivers of vGPU {guests}; all others it refuses",
    "guests_before": (
        "# The drivers of vGPU {old} in the virtual machines will be refused. Those of vGPU {both} work with the old "
        "host "
        "and with the new one, so they can be put in before"
    ),
    "guests_after": "# The drivers of vGPU {old} in the virtual machines will be refused; change them after the host's",
    "packages": "# The driver came as packages of the distribution; bring them up to date",
    "or": " or ",
    "packages_enough": (
        "# Go on if the driver is now {builds} or newer. If the distribution has none so new, stay on an older kernel "
        "until it does"
    ),
    # checks
    "secure_boot": (
        "# If it says that Secure Boot is enabled: DKMS signs the modules with its own key, which the firmware must "
        "know. "
        "'mokutil --import {public}' and a restart, at which the firmware asks, make it known"
    ),
    "licence": "# A guest driver needs a licence to go on at full speed",
    "sriov": (
        "# Cards with SR-IOV offer no mdev types on this kernel; their virtual functions are switched on, and list "
        "them:"
    ),
    # proof
    "shown": "vGPU {release} was shown up to Linux {series}; {confidence}",
    "shown_rhel": "NVIDIA shipped vGPU {release} for this minor release of RHEL",
    "not_shown": "nothing known speaks against {kernel}, and nobody showed it",
    "confidence_high": "high confidence",
    "confidence_medium": "medium confidence",
    "confidence_low": "low confidence",
    "fixed_first": "by NVIDIA's sources {build} has the change",
    "pin_shown": "driver {build} works on Linux {series}; {confidence}",
    "pin_expected": "nothing known speaks against driver {build} on Linux {series}, and nobody showed it",
    "pin_rhel": "NVIDIA shipped vGPU {release} for these minor releases of RHEL: {minors}",
    "pin_backport": "the change came into this distribution with an update",
    "pin_reasoned": "the change came with Linux {series}",
    "patch_built": "each edit was compiled against real kernel headers; this patch as a whole was not",
    "patch_confirmed": (
        "each edit was compiled against real kernel headers or is reported to work; this patch as a whole is not"
    ),
    "patch_reasoned": "the edits follow from the kernel changes; not all were compiled",
    # conditions, behind "not if:"
    "gpu_condition": "the card is one of {cards}, which vGPU {branch} does not have",
    "gpu_condition_plain": "the card is one of {cards}, which branch {branch} does not have",
    "ended": "you need a branch with support: that of vGPU {branch} ended in {month}",
    "ended_plain": "you need a branch with support: that of {branch} ended in {month}",
    "ends": "you need a branch with long support: that of vGPU {branch} ends in {month}",
    "host_refuses": "the host runs vGPU {hosts}: it refuses a guest driver newer than itself",
    "leaves": "you expect it to cure {ids} too",
    "pin_pve": "this is not Proxmox VE {pve}, which has that kernel",
    "pin_unless": "you need security fixes: Proxmox built none for {series} after {last}",
    "pin_zfs": (
        "a ZFS pool was created or upgraded with a newer kernel than {series}, which may then be unable to import it"
    ),
    "pin_installed": "no older kernel is installed any more",
    "patch_condition": "the file is not exactly driver {build}; a patch fits one build only",
    # patch
    "patch_save": "# Save the patch of this report as vgpu-doctor.patch, beside {file}",
    "patch_from_source": "# Make the patch from the driver's own source, beside {file}",
    "patch_more": (
        "# This kernel also asks for {ids}, which the log does not show; made from the source, the patch holds that too"
    ),
    "patch_save_part": (
        "# On a host without vgpu-doctor, save the patch of this report as vgpu-doctor.patch instead; it holds only "
        "the "
        "lines that the log quotes, and leaves {ids}"
    ),
    # older kernels
    "pin_build": "# Build the driver for that kernel, before the restart, with {file}",
    "pin_autoinstall": "# Build the driver for that kernel, before the restart",
    "pin_hold": "# Keep upgrades from bringing the newer kernel",
    "unpin": "# Afterwards the newest kernel boots again",
    "choose_older": (
        "# Restart, choose a kernel before {before} in the boot menu (Advanced options), and in that kernel:"
    ),
    "grub_saved": "# Let the boot menu keep the kernel that was chosen last",
    "pacman_cache": (
        "# Packages of older kernels that the cache still has; 'pacman -U' with their paths puts a kernel and its "
        "headers back"
    ),
    "names_risk": (
        "# Names of network cards can change with the kernel, and then the host is not reachable. Cards of the "
        "driver i40e "
        "are known for it (enp1s0f0 became enp1s0f0np0 with Linux 6.8); this prints a line for each that the host has:"
    ),
    "names_keep": (
        "# While the network works: give each card the name that it has now for good, by its MAC address. The last "
        "lines "
        "show the files"
    ),
    # undo
    "undo_driver_up_to": (
        "# Driver {build} works up to Linux {series}; on such a kernel its own installer brings it back"
    ),
    "undo_driver": "# On a kernel that driver {build} works on, its own installer brings it back",
    "undo_packages": "# The versions that were there before stand in the log of the package tool",
    "before": "# First: {title}",
    # notes
    "first_own_branch": (
        "The first way is recommended: it stays on the branch, so the drivers of the virtual machines stay too, and "
        "needs no patch."
    ),
    "first_own_branch_plain": "The first way is recommended: it stays on the branch, and needs no patch.",
    "first_patch": "The first way is recommended: it stays on the release that you have.",
    "first_other_branch": "The first way is recommended: no release of the branch that you have fits this kernel.",
    "first_older_kernel": "The first way is recommended: no driver that is known fits this kernel and this card.",
    "first_ended_branch": "The first way is the only one that is known, although the support of that branch has ended.",
    "no_patch_edits": "No patch is offered: for {ids} none is known.",
    "no_patch_open": (
        "No patch is offered: on Linux {series} driver {build} also lacks changes for which none is known: {ids}."
    ),
    "no_patch_many": (
        "No patch is offered: on Linux {series} driver {build} lacks all of {ids}, and nobody is known to have run a "
        "driver with "
        "a patch for so many."
    ),
    "no_patch_guard": (
        "No patch is offered: {kernel} carries changes of newer kernels, and the known patches for {ids} go by the "
        "number of "
        "the kernel."
    ),
    "no_patch_packaged": "No patch is offered: those that are known are for NVIDIA's .run file, not for packages.",
    "back_now": (
        "To get the host working now: 'proxmox-boot-tool kernel list' shows the kernels that are installed. If "
        "{kernel} is one of "
        "them, 'proxmox-boot-tool kernel pin {kernel} --next-boot', then 'proxmox-boot-tool refresh', and a restart "
        "boot it once. "
        "Otherwise choose an older kernel in the boot menu (Advanced options)."
    ),
    "back_now_unnamed": (
        "To get the host working now, choose a kernel in the boot menu (Advanced options) on which the driver worked; "
        "'proxmox-boot-tool kernel list' shows those that are installed."
    ),
    "back_now_menu": "To get the machine working now, choose a kernel in the boot menu on which the driver worked.",
    "back_now_vm": (
        "To get the virtual machine working now, choose a kernel in its boot menu on which the driver worked."
    ),
    "no_pin": (
        "An older kernel is no way here: driver {build} works up to Linux {series}, and Proxmox VE {pve} has none of "
        "those."
    ),
    "supported": (
        "Support of vGPU {old} ended in {ended}. vGPU {release} (host driver {build}), with support until {until}, "
        "works on this "
        "kernel too; it wants other guest drivers."
    ),
    "low_confidence": (
        "That vGPU {release} fails on {kernel} is known with low confidence; the errors of the log are the evidence."
    ),
    "fails_anyway": (
        "Whatever else is put right: vGPU {release} fails from Linux {failing} on ({confidence}), and this is Linux "
        "{series}. 'vgpu-doctor check --driver {build} --kernel {kernel}' says what to do about that."
    ),
    "foreign_kernel": (
        "The kernel of {distribution} carries changes of newer kernels; its number says little, the log's own errors "
        "count."
    ),
    "shared_build": "vGPU {releases} have one host build; a log cannot tell them apart.",
    "assumed_series": (
        "No log names the kernel; the findings mean Linux {series} or newer. --kernel makes the advice exact."
    ),
    "assumed_debian": "No log names the distribution; where commands differ they are those of Debian and Ubuntu.",
    "assumed_proxmox": "No log names the distribution; the commands are those of Proxmox VE.",
    "assumed_pve": "The kernel fits several releases of Proxmox VE; {pve} is assumed. --pve says otherwise.",
    "assumed_gpu": "No log names the card; --gpu leaves out what it cannot use.",
    "gpu_unknown": "'{gpu}' is no card that is known, or fits two; the advice is for any card.",
    "no_driver": "No log names the driver; --driver says which it is, and what to do about {ids} follows from it.",
    "no_driver_fixed": "The first vGPU release of each branch that has the change: {releases}.",
    "nothing": "Nothing that is known cures {ids} on this host.",
    "ask": (
        "To ask for help, post this report (--format bbcode or markdown), the whole log, and what 'uname -r', "
        "'lspci -nn -d 10de:' and 'dkms status' print."
    ),
}
