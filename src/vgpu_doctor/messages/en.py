"""Every sentence that users read, in English; :func:`vgpu_doctor.messages.render` fills them in."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # a text that comes as it is: a record's own words, or a file that broke off
    "text": "{text}",
    # reports
    "verdict": "{driver} on {kernel}: {outcome}; {result}",
    "driver": "NVIDIA driver {version}",
    "driver_unknown": "NVIDIA driver (version not in the log)",
    "details": " ({details})",
    "details_joint": ", ",
    "release": "vGPU {releases}",
    "tree_open": "open kernel modules",
    "kernel": "kernel {release}",
    "kernel_unknown": "an unnamed kernel",
    "other_install": (
        "Lines {first} to {last} of {log} belong to another install, {driver} on {kernel}: {outcome}; found "
        "there: {found}. This report is not about it; for its cure, run 'vgpu-doctor analyze' on those lines "
        "alone"
    ),
    "outcome_failed": "the installation failed",
    "outcome_succeeded": "the installation succeeded",
    "outcome_aborted": "the installation was stopped by an answer",
    "outcome_unknown": "the log does not say how it ended",
    "result_one": "1 cause found",
    "result_many": "{count} causes found",
    "result_likely_one": "1 likely cause found",
    "result_likely_many": "{count} likely causes found",
    "misread": (
        "weak evidence: the log has {names}. That is how a screenshot is misread; compare with the screen, or "
        "analyse the log itself, before you change anything"
    ),
    "misread_name": "“{read}” where “{meant}” is known",
    "result_unrecognised_one": "1 error, not recognised",
    "result_unrecognised_many": "{count} errors, none of them recognised",
    "result_nothing": "nothing wrong found",
    "result_no_reason": "the log does not show why",
    "result_no_log": "this text shows no install, build or load of an NVIDIA driver; nothing wrong found",
    "result_foreign": "the log is about the module {module}, which is not NVIDIA's",
    "foreseen": "foreseen: {basis}",
    "seen_one": "seen once",
    "seen_many": "seen {count} times in one file",
    "seen_in_files": "seen {count} times in {files} files",
    "seen_and_follow": "{seen}; {follow}",
    "follow_one": "1 further error follows from it",
    "follow_many": "{count} further errors follow from it",
    "follow_all_one": "1 further error only follows from these.",
    "follow_all_many": "{count} further errors only follow from these.",
    "why": "why: {why}",
    "change": "kernel change: Linux {since}",
    "change_commit": "kernel change: Linux {since}, commit {commit}",
    "change_subject": 'kernel change: Linux {since}, commit {commit} "{subject}"',
    "overridden": "{id}: the record {origin} replaces the one that comes with vgpu-doctor",
    "remedies": "What to do",
    "remedy_best": "What to do: {title}",
    "remedy_other": "Or: {title}",
    "cures": "cures: {ids}",
    "proof": "proof: {proof}",
    "proof_built": "built against real kernel headers",
    "proof_confirmed": "confirmed by public reports",
    "proof_reasoned": "none yet; it follows from the cause",
    "proof_detail": "{proof} ({detail})",
    "unless": "does not apply if: {unless}",
    "patch": "the patch ({count} lines):",
    "patch_below": "patch: {count} lines, at the end of this report",
    "patch_of": "Patch of remedy {number}",
    "undo": "to undo it:",
    "check": "to check it afterwards:",
    "no_remedy": "No remedy is known for this driver and this kernel.",
    "unrecognised": "Not recognised",
    "unrecognised_of": "Not recognised (the first {shown} of {count})",
    "ask": "These errors are not known here. When you ask for help, post these lines and attach:",
    "ask_for_log": "When you ask for help, attach:",
    "attach_log": "the whole log as a file",
    "attach_make_log": "make.log of DKMS as a file: /var/lib/dkms/nvidia/*/build/make.log",
    "attach_commands": "the output of these commands:",
    "warnings_one": "The log has 1 warning; it is not treated as a cause.",
    "warnings_many": "The log has {count} warnings; none is treated as a cause.",
    "notes": "Notes",
    "note": "note: {note}",
    "fold": "Why, how to undo it, and what else is possible",
    "made_by": "Read from the log by vgpu-doctor.",
    "explain_kernel": "Kernel change",
    "explain_since": "since Linux {since}",
    "explain_commit": "commit {commit}",
    "explain_backports": "also in {releases}",
    "explain_shows": "How it shows in a log",
    "explain_kind": "a complaint of the kind {kind}",
    "explain_any_kind": "a complaint of any kind",
    "explain_field": "{name} is {values}",
    "explain_values_joint": " or ",
    "explain_source": "How it shows in the source of a driver",
    "explain_uses": "uses {text}",
    "explain_lacks_include": "neither that file nor a header of the tree that it includes has {headers}",
    "explain_unless": "conftest.sh has no test {text}",
    "explain_fixed": "Fixed by NVIDIA",
    "explain_fixed_in": "branch {branch}: from {version} on",
    "explain_never_fixed": "branch {branch}: never",
    "explain_patch": "Patch",
    "explain_patch_edits_one": "vgpu-doctor patch can write it: 1 edit",
    "explain_patch_edits_many": "vgpu-doctor patch can write it: {count} edits",
    "explain_no_patch": "none: {why}",
    "explain_no_patch_known": "none is known",
    "explain_proof": "Proof",
    "explain_companions": "Often comes together with",
    "explain_references": "References",
    "or": " or ",
    # remedies and notes
    "driver_vgpu": (
        "Install vGPU {release} (host driver {build}), the newest of branch {branch} that works on {kernel}"
    ),
    "driver_other_branch": "Change to vGPU {release} (host driver {build}), which works on {kernel}",
    "driver_guest": (
        "Install the guest driver {build} of vGPU {release} in the virtual machine; it needs a host of vGPU {hosts}"
    ),
    "driver_plain": "Install NVIDIA driver {build} or a newer one of branch {branch}",
    "driver_plain_other": "Change to NVIDIA driver branch {branch}: {build} or newer",
    "driver_packaged": "Upgrade the driver packages to {builds} or newer",
    "patch_driver": "Patch driver {build} and install it again",
    "patch_tree": "Patch driver {build}, its modules of {tree}, and install it again",
    "pin": "Stay on Linux {series}: install and pin kernel {kernel}",
    "pin_with": "Stay on Linux {series} with vGPU {release} (host driver {build}): install and pin kernel {kernel}",
    "pin_other": "Stay on a kernel before {before}",
    "fetch_vgpu": "Download vGPU {release} for Linux KVM from NVIDIA's licensing portal and unpack {file} from it",
    "fetch_guest": (
        "Download vGPU {release} from NVIDIA's licensing portal, or ask whoever runs the host for {file}; the "
        "host must run vGPU {hosts}"
    ),
    "fetch_plain": "Download driver {build} from NVIDIA as a .run file",
    "rhel_package": (
        "NVIDIA also ships each release as an .rpm for the minor release of RHEL that it was built for; where "
        "there is one for this minor release, install it instead of the .run file"
    ),
    "tools": "Kernel headers and build tools",
    "tools_yourself": (
        "Install the headers of this kernel, a compiler, make and DKMS with the distribution's own tool"
    ),
    "dkms_out": "Take the driver that does not build out of DKMS, so that the package of the kernel can be finished",
    "stop_vms": "Shut down the virtual machines that use a vGPU, then:",
    "installer_decides": (
        "The installer chooses between the modules of kernel and kernel-open by the card; the card is not known "
        "here, so no option is given"
    ),
    "restart": "Restart the host",
    "restart_machine": "Restart the machine",
    "restart_vm": "Restart the virtual machine",
    "guests": "A host of vGPU {branch} takes the guest drivers of vGPU {guests}; all others it refuses",
    "guests_before": (
        "The drivers of vGPU {old} in the virtual machines will be refused. Those of vGPU {both} work with the "
        "old host and with the new one, so they can be put in before"
    ),
    "guests_after": "The drivers of vGPU {old} in the virtual machines will be refused; change them after the host's",
    "packages": "The driver was installed from the distribution's packages; upgrade them",
    "packages_enough": (
        "Go on if the driver is now {builds} or newer. If the distribution has none so new, stay on an older "
        "kernel until it does"
    ),
    "secure_boot": (
        "If it says that Secure Boot is enabled: DKMS signs the modules with its own key, which the firmware "
        "must know. 'mokutil --import {public}' and a restart, at which the firmware asks, make it known"
    ),
    "licence": "A guest driver needs a licence to keep running at full speed",
    "sriov": (
        "Cards with SR-IOV offer no mdev types on this kernel; their virtual functions are switched on, and list them:"
    ),
    "shown": "vGPU {release} is known to work up to Linux {series}; {confidence}",
    "shown_rhel": "NVIDIA shipped vGPU {release} for this minor release of RHEL",
    "not_shown": "expected to work on {kernel}; untested",
    "confidence_high": "high confidence",
    "confidence_medium": "medium confidence",
    "confidence_low": "low confidence",
    "fixed_first": "by NVIDIA's sources {build} has the change",
    "pin_shown": "driver {build} works on Linux {series}; {confidence}",
    "pin_expected": "driver {build} is expected to work on Linux {series}; untested",
    "pin_rhel": "NVIDIA shipped vGPU {release} for these minor releases of RHEL: {minors}",
    "pin_backport": "the change came into this distribution with an update",
    "pin_reasoned": "the change came with Linux {series}",
    "patch_built": "each edit was compiled against real kernel headers; this patch as a whole was not",
    "patch_confirmed": (
        "each edit was compiled against real kernel headers or is reported to work; this patch as a whole was not"
    ),
    "patch_reasoned": "the edits follow from the kernel changes; not all were compiled",
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
    "patch_save": "Save the patch of this report as vgpu-doctor.patch, beside {file}",
    "patch_from_source": "Make the patch from the driver's own source, beside {file}",
    "patch_more": (
        "This kernel also asks for {ids}, which the log does not show; made from the source, the patch holds that too"
    ),
    "patch_save_part": (
        "On a host without vgpu-doctor, save the patch of this report as vgpu-doctor.patch instead; it holds "
        "only the lines that the log quotes, and leaves {ids}"
    ),
    "pin_build": "Build the driver for that kernel, before the restart, with {file}",
    "pin_autoinstall": "Build the driver for that kernel, before the restart",
    "pin_hold": "Keep upgrades from installing the newer kernel",
    "unpin": "After this, the newest kernel boots again",
    "choose_older": (
        "Restart, choose a kernel before {before} in the boot menu (Advanced options), and in that kernel:"
    ),
    "grub_saved": "Let the boot menu keep the kernel that was chosen last",
    "pacman_cache": (
        "Packages of older kernels that the cache still has; 'pacman -U' with their paths puts a kernel and its "
        "headers back"
    ),
    "names_risk": (
        "Names of network cards can change with the kernel, and then the host is not reachable. Cards of the "
        "driver i40e are known for it (enp1s0f0 became enp1s0f0np0 with Linux 6.8); this prints a line for each "
        "that the host has:"
    ),
    "names_keep": (
        "While the network works: give each card the name that it has now for good, by its MAC address. The last "
        "lines show the files"
    ),
    "undo_driver_up_to": (
        "Driver {build} works up to Linux {series}; on such a kernel its own installer brings it back"
    ),
    "undo_driver": "On a kernel that driver {build} works on, its own installer brings it back",
    "undo_packages": "The previous versions are in the log of the package tool",
    "do_first": "First: {title}",
    "first_own_branch": (
        "The first option is recommended: it stays on the branch, so the guest drivers can stay too, and it "
        "needs no patch."
    ),
    "first_own_branch_plain": "The first option is recommended: it stays on the branch and needs no patch.",
    "first_patch": "The first option is recommended: it keeps the release that you have.",
    "first_other_branch": "The first option is recommended: no release of your branch fits this kernel.",
    "first_older_kernel": "The first option is recommended: no known driver fits this kernel and this card.",
    "first_ended_branch": "The first option is the only one known, although support for that branch has ended.",
    "no_patch_edits": "No patch is offered: none is known for {ids}.",
    "no_patch_open": (
        "No patch is offered: on Linux {series} driver {build} also lacks changes for which none is known: {ids}."
    ),
    "no_patch_many": (
        "No patch is offered: on Linux {series} driver {build} lacks all of {ids}, and nobody is known to have "
        "run a driver with a patch for so many."
    ),
    "no_patch_guard": (
        "No patch is offered: {kernel} carries changes of newer kernels, and the known patches for {ids} go by "
        "the number of the kernel."
    ),
    "no_patch_packaged": "No patch is offered: the known ones are for NVIDIA's .run file, not for packages.",
    "back_now": (
        "To get the host working now: 'proxmox-boot-tool kernel list' shows the kernels that are installed. If "
        "{kernel} is one of them, 'proxmox-boot-tool kernel pin {kernel} --next-boot', then 'proxmox-boot-tool "
        "refresh', and a restart boot it once. Otherwise choose an older kernel in the boot menu (Advanced "
        "options)."
    ),
    "back_now_unnamed": (
        "To get the host working now, choose a kernel in the boot menu (Advanced options) on which the driver "
        "worked; 'proxmox-boot-tool kernel list' shows those that are installed."
    ),
    "back_now_menu": "To get the machine working now, choose a kernel in the boot menu on which the driver worked.",
    "back_now_vm": (
        "To get the virtual machine working now, choose a kernel in its boot menu on which the driver worked."
    ),
    "no_pin": (
        "An older kernel is not an option here: driver {build} works up to Linux {series}, and Proxmox VE {pve} "
        "has none of those."
    ),
    "supported": (
        "Support of vGPU {old} ended in {ended}. vGPU {release} (host driver {build}), with support until "
        "{until}, works on this kernel too; it wants other guest drivers."
    ),
    "low_confidence": (
        "That vGPU {release} fails on {kernel} is known with low confidence; the errors of the log are the evidence."
    ),
    "fails_anyway": (
        "Whatever else is put right: vGPU {release} fails from Linux {failing} on ({confidence}), and this is "
        "Linux {series}. 'vgpu-doctor check --driver {build} --kernel {kernel}' says what to do about that."
    ),
    "foreign_kernel": (
        "The kernel of {distribution} carries changes of newer kernels; its number says little, the log's own "
        "errors count."
    ),
    "shared_build": "vGPU {releases} share one host build; a log cannot tell them apart.",
    "assumed_series": (
        "No log names the kernel; the findings imply Linux {series} or newer. --kernel makes the advice exact."
    ),
    "assumed_debian": "No log names the distribution; where commands differ they are those of Debian and Ubuntu.",
    "assumed_proxmox": "No log names the distribution; the commands are those of Proxmox VE.",
    "assumed_pve": "The kernel fits several releases of Proxmox VE; {pve} is assumed. --pve says otherwise.",
    "assumed_gpu": "No log names the card; with --gpu, remedies that it cannot use are left out.",
    "gpu_unknown": "'{gpu}' is not a known card, or fits two; the advice is for any card.",
    "driver_not_named": (
        "No log names the driver; --driver says which it is, and what to do about {ids} follows from it."
    ),
    "driver_not_named_fixed": "The first vGPU release of each branch that has the change: {releases}.",
    "nothing": "Nothing known cures {ids} on this host.",
    "ask_with_report": (
        "To ask for help, post this report (--format bbcode or markdown), the whole log, and what 'uname -r', "
        "'lspci -nn -d 10de:' and 'dkms status' print."
    ),
    # the check before an upgrade
    "driver_build": "NVIDIA driver {build}",
    "driver_release": "NVIDIA driver {build} (vGPU {releases})",
    "headline": "{driver} on kernel {kernel}: {verdict}",
    "headline_all": "{driver} on {count} kernels: {verdict} on all of them",
    "no_driver": "No NVIDIA driver was found on this host; nothing can break",
    "builds": "builds",
    "unusable": "builds but will not work",
    "fails": "will not build",
    "unknown": "not known",
    "causes": "{verdict}: {ids}",
    "and_more": "{ids} and {count} more",
    "causes_one": "{verdict}; 1 cause foreseen",
    "causes_many": "{verdict}; {count} causes foreseen",
    "column_kernel": "kernel",
    "column_roles": "on this host",
    "column_verdict": "verdict",
    "running": "running",
    "next": "next upgrade",
    "boots": "boots next",
    "installed": "installed",
    "evidence": "evidence: {sentence}",
    "basis_built": "the modules of {build} are already built for {kernel} on this host",
    "basis_source": "the driver's source in {folder}, searched for {count} changes that are in this kernel",
    "basis_headers": "the headers of {release} in {folder}, asked for {count} changes",
    "basis_gpu": "vGPU {branch} does not have {gpu} cards (catalogue)",
    "basis_shown": "vGPU {release} is known to work up to Linux {shown} (catalogue; {confidence} confidence)",
    "basis_expected": (
        "vGPU {release} is expected to work on Linux {series}; untested. It is known to work up to {shown} "
        "(catalogue; {confidence} confidence)"
    ),
    "basis_known": "vGPU {release} fails on Linux {failing} and later (catalogue; {confidence} confidence)",
    "basis_unknown": (
        "vGPU {release} is known to work up to Linux {shown}; nothing is known about {series} (catalogue)"
    ),
    "basis_rhel": "NVIDIA shipped vGPU {release} for RHEL {minor} (catalogue); nothing is known about this update",
    "basis_too_new": "no change after Linux {series} is known yet, so the absence of findings proves nothing",
    "basis_records": "driver {build} has every change known up to this kernel (records; untested)",
    "basis_fixed_later": "the first releases with each change, by NVIDIA's sources, are newer than {build} (records)",
    "undecided": "evidence: it is not known whether these changes matter: {ids}",
    "high": "high",
    "medium": "medium",
    "low": "low",
    "cause_source": "{file}:{line} uses it",
    "cause_fixed": "{build} is older than the first release that has the change",
    "cause_headers": "the kernel's headers have the change",
    "cause_series": "Linux {series} has the change",
    "cause_backport": "{backport} brought the change to this older series (record of backports)",
    "cause_joint": "{driver}, and {kernel}",
    "before_upgrade": "Before the upgrade: {title}",
    "before_driver": (
        "Do this while the old kernel is running: with DKMS, the driver is then rebuilt when {kernel} arrives"
    ),
    "before_driver_after": (
        "This driver is not known to work on {running}, which runs now: have the file ready, and install it "
        "right after the restart into {kernel}"
    ),
    "before_patch": (
        "Do this while the old kernel is running, so that the patched driver is in place when {kernel} arrives"
    ),
    "before_pin": "Do this before anything installs {kernel}",
    "before_command": "Do this before {kernel} arrives",
    "hold": "Before the upgrade: hold back {kernel} until the driver is ready",
    "hold_detail": "driver {build} works on {running}, which is running now",
    "hold_unless": "you need the security fixes that come with newer kernels for long",
    "names": "Before the restart: keep the names of the network cards {names}",
    "names_detail": "the driver i40e is known for new names with newer kernels",
    "note_card": "The card is not known; with --gpu, remedies that it cannot use are left out.",
    "note_shared": "vGPU {releases} share one host build.",
    "note_names": (
        "Names of network cards can change with the kernel (enp1s0f0 became enp1s0f0np0 for cards of i40e with "
        "Linux 6.8): look after them before the restart."
    ),
    "note_pinned": "Kernel {kernel} is pinned: it boots whatever an upgrade installs.",
    "note_unbuilt": (
        "The driver is not built for {kernel}, which is installed: run 'dkms autoinstall -k {kernel}' before a restart."
    ),
    "note_no_headers": "The headers of {kernel} are not installed, so no driver can be built for it.",
    "note_half": (
        "The package of {kernel} is only half installed: 'dpkg --configure -a' finishes it, or says what stops it."
    ),
    "note_several": "More than one driver is on this host: {builds}. {build} was checked.",
    "note_secure_boot": "Secure Boot is on: modules must be signed with a key that the firmware knows.",
    "note_unknown": "Not known about this host: {facts}.",
    "note_no_dkms": "The driver is not in DKMS: it will not be rebuilt automatically when a new kernel arrives.",
    "note_enterprise": (
        "The number of this kernel says little, as it carries changes of newer ones. Its headers would tell: "
        "install {package} on a machine with this system, and ask again there with --headers {folder}."
    ),
    "host_line": "host: {system}; kernel {kernel}",
    "host_gpus": "cards: {gpus}",
    "gate_first": (
        "do first: install vGPU {release} (host driver {build}); 'vgpu-doctor check' says how, and what else helps"
    ),
    "gate_first_unknown": "'vgpu-doctor check' says what to do first",
    "gate_stopped": "nothing was changed. Set VGPU_DOCTOR_HOOK=warn before the command to let it through",
    "gate_warned": "this is a warning; the transaction goes on. 'vgpu-doctor hook install --mode stop' would stop it",
    "gate_pinned": "the transaction goes on: kernel {kernel} is pinned and boots",
    "gate_built": "{driver} is built for {kernel}",
    "gate_not_built": "{driver} is NOT built for {kernel}: after a restart into it there is no driver",
    "gate_build": "before the restart: dkms autoinstall -k {kernel}; what stops it is told by",
    "gate_analyze": "vgpu-doctor analyze /var/lib/dkms/{name}/{build}/build/make.log",
    "gate_headers": "the headers of {kernel} are not installed yet; DKMS builds when they come",
    "fact_kernel": "the running kernel",
    "fact_driver": "the driver",
    "fact_next_kernel": "the kernel that the next upgrade brings",
    "fact_gpus": "the cards",
    "fact_secure_boot": "whether Secure Boot is on",
    "fact_packages": "the installed packages",
    "matrix_legend": (
        "yes: known to work. expected: expected to work, untested. load: builds but does not work. no: does not "
        "build. ?: not known."
    ),
}
