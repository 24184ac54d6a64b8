"""What a forecast says, by language."""

from __future__ import annotations

ENGLISH = {
    "driver": "NVIDIA driver {build}",
    "driver_release": "NVIDIA driver {build} (vGPU {releases})",
    "or": " or ",
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
    "column_driver": "driver",
    "column_kernel": "kernel",
    "column_roles": "on this host",
    "column_verdict": "verdict",
    "running": "running",
    "next": "next upgrade",
    "boots": "boots next",
    "installed": "installed",
    "asked": "",
    "evidence": "evidence: {sentence}",
    "basis_built": "the modules of {build} lie ready for {kernel} on this host",
    "basis_source": "the driver's source in {folder}, searched for {count} changes that this kernel has",
    "basis_headers": "the headers of {release} in {folder}, asked for {count} changes",
    "basis_gpu": "vGPU {branch} does not have {gpu} cards (catalogue)",
    "basis_shown": "vGPU {release} was shown to work up to Linux {shown} (catalogue; {confidence} confidence)",
    "basis_expected": (
        "nothing known speaks against vGPU {release} on Linux {series}, and nobody showed it; it was shown up to "
        "{shown} (catalogue; {confidence} confidence)"
    ),
    "basis_known": "vGPU {release} fails from Linux {failing} on (catalogue; {confidence} confidence)",
    "basis_unknown": "vGPU {release} was shown up to Linux {shown}; nothing is known of {series} (catalogue)",
    "basis_rhel": "NVIDIA shipped vGPU {release} for RHEL {minor} (catalogue); of this update nothing is known",
    "basis_too_new": "no change after Linux {series} is known yet, so silence says nothing",
    "basis_records": "driver {build} has every change that is known up to this kernel (records; nobody showed it)",
    "basis_fixed_later": "the first releases with each change, by NVIDIA's sources, are newer than {build} (records)",
    "undecided": "evidence: nothing tells whether these changes stand in the way: {ids}",
    "high": "high",
    "medium": "medium",
    "low": "low",
    "cause_source": "{file}:{line} uses it",
    "cause_fixed": "{build} is older than the first release that has the change",
    "cause_headers": "the kernel's headers have the change",
    "cause_series": "Linux {series} has the change",
    "cause_backport": "{backport} brought the change to this older series (record of backports)",
    "cause_joint": "{driver}, and {kernel}",
    "before": "Before the upgrade: {title}",
    "before_driver": (
        "# Do this while the old kernel runs: with DKMS, the driver is then built again when {kernel} comes"
    ),
    "before_driver_after": (
        "# This driver is not known to work on {running}, which runs now: have the file ready, and install it right "
        "after the restart into {kernel}"
    ),
    "before_patch": "# Do this while the old kernel runs, so that the patched driver is there when {kernel} comes",
    "before_pin": "# Do this before anything brings {kernel}",
    "before_command": "# Do this before {kernel} comes",
    "hold": "Before the upgrade: keep {kernel} from coming until the driver is ready",
    "hold_detail": "driver {build} works on {running}, which runs now",
    "hold_unless": "you need the security fixes that come with newer kernels for long",
    "names": "Before the restart: keep the names of the network cards {names}",
    "names_detail": "the driver i40e is known for new names with newer kernels",
    "note_card": "The card is not known; --gpu leaves out what it cannot use.",
    "note_shared": "vGPU {releases} have one host build.",
    "note_names": (
        "Names of network cards can change with the kernel (enp1s0f0 became enp1s0f0np0 for cards of i40e with Linux "
        "6.8): look after them before the restart."
    ),
    "note_pinned": "Kernel {kernel} is pinned: it boots, whatever an upgrade installs.",
    "note_unbuilt": (
        "The driver is not built for {kernel}, which is installed: run 'dkms autoinstall -k {kernel}' before a restart."
    ),
    "note_no_headers": "The headers of {kernel} are not installed, so that no driver can be built for it.",
    "note_half": (
        "The package of {kernel} is only half installed: 'dpkg --configure -a' finishes it, or says what stops it."
    ),
    "note_several": "More than one driver is on this host: {builds}. {build} was checked.",
    "note_secure_boot": "Secure Boot is on: modules must be signed with a key that the firmware knows.",
    "note_unknown": "Not known of this host: {facts}.",
    "note_no_dkms": "No DKMS tree holds the driver: it will not be built by itself when a kernel comes.",
    "note_enterprise": (
        "The number of this kernel says little, as it carries changes of newer ones. Its headers would tell: install "
        "{package} on a machine with this system, and ask again there with --headers {folder}."
    ),
    "host_line": "host: {system}; kernel {kernel}",
    "host_gpus": "cards: {gpus}",
    "gate_first": (
        "do first: install vGPU {release} (host driver {build}); 'vgpu-doctor check' says how, and what else helps"
    ),
    "gate_first_unknown": "'vgpu-doctor check' says what to do first",
    "gate_stopped": "nothing was changed. VGPU_DOCTOR_HOOK=warn before the command lets it through all the same",
    "gate_warned": "this is a warning, the transaction goes on; 'vgpu-doctor hook install --mode stop' would stop it",
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
}

CHINESE = {
    "driver": "NVIDIA 驱动 {build}",
    "driver_release": "NVIDIA 驱动 {build}（vGPU {releases}）",
    "or": " 或 ",
    "headline": "{driver}，内核 {kernel}：{verdict}",
    "headline_all": "{driver}，{count} 个内核：全部{verdict}",
    "no_driver": "这台主机上没有 NVIDIA 驱动，升级不会破坏什么",
    "builds": "可以编译",
    "unusable": "可以编译，但无法工作",
    "fails": "无法编译",
    "unknown": "未知",
    "causes": "{verdict}：{ids}",
    "and_more": "{ids} 等，另有 {count} 项",
    "causes_one": "{verdict}；预计有 1 个原因",
    "causes_many": "{verdict}；预计有 {count} 个原因",
    "column_driver": "驱动",
    "column_kernel": "内核",
    "column_roles": "在本机上",
    "column_verdict": "结论",
    "running": "正在运行",
    "next": "下次升级带来",
    "boots": "下次启动",
    "installed": "已安装",
    "evidence": "依据：{sentence}",
    "basis_built": "本机上已有为 {kernel} 编译好的 {build} 模块",
    "basis_source": "{folder} 中的驱动源码，针对该内核已有的 {count} 项变更做了查找",
    "basis_headers": "{folder} 中 {release} 的头文件，查询了 {count} 项变更",
    "basis_gpu": "vGPU {branch} 不支持 {gpu} 显卡（目录）",
    "basis_shown": "vGPU {release} 已证实可用到 Linux {shown}（目录；可信度{confidence}）",
    "basis_expected": (
        "没有已知事实表明 vGPU {release} 在 Linux {series} 上不可用，但也没有人证实过；已证实到 {shown}"
        "（目录；可信度{confidence}）"
    ),
    "basis_known": "vGPU {release} 从 Linux {failing} 起失败（目录；可信度{confidence}）",
    "basis_unknown": "vGPU {release} 已证实到 Linux {shown}；{series} 的情况未知（目录）",
    "basis_rhel": "NVIDIA 为 RHEL {minor} 发布过 vGPU {release}（目录）；这个内核更新的情况未知",
    "basis_too_new": "Linux {series} 之后的变更尚未收录，因此没有消息并不说明问题",
    "basis_records": "到该内核为止的已知变更，驱动 {build} 都已包含（记录；没有人证实过）",
    "basis_fixed_later": "按 NVIDIA 的源码，最早包含各项变更的版本都比 {build} 新（记录）",
    "undecided": "依据：无法判断这些变更是否有影响：{ids}",
    "high": "高",
    "medium": "中",
    "low": "低",
    "cause_source": "{file}:{line} 用到了它",
    "cause_fixed": "{build} 早于最先包含该变更的版本",
    "cause_headers": "内核头文件中已有该变更",
    "cause_series": "Linux {series} 已有该变更",
    "cause_backport": "{backport} 把该变更移植到了这个较旧的系列（移植记录）",
    "cause_joint": "{driver}；{kernel}",
    "before": "升级之前：{title}",
    "before_driver": "# 在旧内核还在运行时执行：有了 DKMS，{kernel} 到来时驱动会自动重新编译",
    "before_driver_after": (
        "# 尚不清楚该驱动能否在当前运行的 {running} 上工作：先准备好文件，重启进入 {kernel} 后立即安装"
    ),
    "before_patch": "# 在旧内核还在运行时执行，这样 {kernel} 到来时打好补丁的驱动已经就绪",
    "before_pin": "# 在任何操作带来 {kernel} 之前执行",
    "before_command": "# 在 {kernel} 到来之前执行",
    "hold": "升级之前：在驱动准备好之前不让 {kernel} 进来",
    "hold_detail": "驱动 {build} 可以在当前运行的 {running} 上工作",
    "hold_unless": "长期需要新内核带来的安全修复",
    "names": "重启之前：固定网卡 {names} 的名称",
    "names_detail": "已知 i40e 驱动的网卡在较新内核上会改名",
    "note_card": "不知道是什么显卡；--gpu 可以排除它用不了的办法。",
    "note_shared": "vGPU {releases} 的宿主驱动版本相同。",
    "note_names": "网卡名称可能随内核改变（i40e 网卡在 Linux 6.8 上由 enp1s0f0 变为 enp1s0f0np0）：重启之前请先处理。",
    "note_pinned": "已固定内核 {kernel}：无论升级安装什么，启动的都是它。",
    "note_unbuilt": "已安装的 {kernel} 还没有编译驱动：重启之前请运行“dkms autoinstall -k {kernel}”。",
    "note_no_headers": "{kernel} 的头文件没有安装，无法为它编译驱动。",
    "note_half": "{kernel} 的软件包只安装了一半：“dpkg --configure -a”可以完成安装，或者说明障碍。",
    "note_several": "本机上有多个驱动：{builds}。检查的是 {build}。",
    "note_secure_boot": "Secure Boot 已开启：模块必须用固件认识的密钥签名。",
    "note_unknown": "本机未知的情况：{facts}。",
    "note_no_dkms": "DKMS 中没有该驱动：新内核到来时不会自动编译。",
    "note_enterprise": (
        "该内核带有更新内核的变更，版本号说明不了多少；头文件才能说明：请在这种系统的机器上安装 {package}，"
        "再加上 --headers {folder} 重新检查。"
    ),
    "host_line": "主机：{system}；内核 {kernel}",
    "host_gpus": "显卡：{gpus}",
    "fact_kernel": "正在运行的内核",
    "fact_driver": "驱动",
    "fact_next_kernel": "下次升级带来的内核",
    "fact_gpus": "显卡",
    "fact_secure_boot": "Secure Boot 是否开启",
    "fact_packages": "已安装的软件包",
}


def tell(language: str, key: str, **values: object) -> str:
    """One sentence, filled in; English where the language or the sentence is not there."""
    table = CHINESE if language == "zh" else ENGLISH
    return table.get(key, ENGLISH[key]).format(**values)
