"""The sentences of the remedies in Chinese."""

from __future__ import annotations

CHINESE: dict[str, str] = {
    "driver_vgpu": "安装 vGPU {release}（宿主驱动 {build}），{branch} 分支中能在 {kernel} 上工作的最新版本",
    "driver_other_branch": "改用 vGPU {release}（宿主驱动 {build}），它能在 {kernel} 上工作",
    "driver_guest": "在虚拟机里安装 vGPU {release} 的客户机驱动 {build}；宿主机须运行 vGPU {hosts}",
    "driver_plain": "安装 NVIDIA 驱动 {build}，或 {branch} 分支中更新的版本",
    "driver_plain_other": "改用 NVIDIA 驱动 {branch} 分支：{build} 或更新",
    "driver_packaged": "更新驱动的软件包：{builds}，或更新",
    "patch": "给驱动 {build} 打补丁后重新安装",
    "patch_tree": "给驱动 {build} 的 {tree} 模块打补丁后重新安装",
    "pin": "留在 Linux {series}：安装并固定内核 {kernel}",
    "pin_with": "留在 Linux {series} 并使用 vGPU {release}（宿主驱动 {build}）：安装并固定内核 {kernel}",
    "pin_other": "留在 {before} 之前的内核",
    "fetch_vgpu": "# 从 NVIDIA 许可门户下载 vGPU {release} 的 Linux KVM 包，从中解压出 {file}",
    "fetch_guest": "# 从 NVIDIA 许可门户下载 vGPU {release}，或向宿主机管理员索取 {file}；宿主机须运行 vGPU {hosts}",
    "fetch_plain": "# 从 NVIDIA 官网下载驱动 {build} 的 .run 文件",
    "rhel_package": "# NVIDIA 还为各 RHEL 小版本提供 .rpm 包；若有对应本机小版本的包，请用它代替 .run 文件",
    "tools": "# 内核头文件和编译所需的工具",
    "tools_yourself": "# 用发行版自带的工具安装本内核的头文件、编译器、make 和 DKMS",
    "dkms_out": "# 把无法编译的驱动移出 DKMS，使内核软件包能完成配置",
    "stop_vms": "# 先关闭使用 vGPU 的虚拟机，然后：",
    "installer_decides": "# 安装程序会按显卡在 kernel 与 kernel-open 两套模块中选择；本机显卡型号未知，因此不加选项",
    "restart": "# 重启宿主机",
    "restart_machine": "# 重启机器",
    "restart_vm": "# 重启虚拟机",
    "guests": "# vGPU {branch} 的宿主机接受 vGPU {guests} 的客户机驱动，其他版本会被拒绝",
    "guests_before": "# 虚拟机里 vGPU {old} 的驱动将被拒绝。vGPU {both} 的驱动在新旧宿主机上都能用，可以提前换上",
    "guests_after": "# 虚拟机里 vGPU {old} 的驱动将被拒绝；请在宿主机之后更换",
    "packages": "# 该驱动来自发行版的软件包；请更新它们",
    "or": " 或 ",
    "packages_enough": "# 若驱动已是 {builds} 或更新即可继续。若发行版还没有这样新的版本，请先留在旧内核",
    "secure_boot": (
        "# 若显示 Secure Boot 已启用：DKMS 会用自己的密钥签名模块，固件必须认得它。"
        "执行 mokutil --import {public} 并重启，在固件询问时确认即可登记"
    ),
    "licence": "# 客户机驱动需要许可证才能持续全速运行",
    "sriov": "# 支持 SR-IOV 的显卡在此内核上没有 mdev 类型；启用虚拟功能后由它们列出类型：",
    "shown": "vGPU {release} 已在直到 Linux {series} 的内核上得到验证；{confidence}",
    "shown_rhel": "NVIDIA 为这个 RHEL 小版本提供过 vGPU {release}",
    "not_shown": "没有已知的问题妨碍 {kernel}，但也无人实测",
    "confidence_high": "可信度高",
    "confidence_medium": "可信度中等",
    "confidence_low": "可信度低",
    "fixed_first": "据 NVIDIA 的源码，{build} 已包含该改动",
    "pin_shown": "驱动 {build} 能在 Linux {series} 上工作；{confidence}",
    "pin_expected": "没有已知的问题妨碍驱动 {build} 在 Linux {series} 上工作，但也无人实测",
    "pin_rhel": "NVIDIA 曾为以下 RHEL 小版本提供 vGPU {release}：{minors}",
    "pin_backport": "该改动随一次更新进入了此发行版",
    "pin_reasoned": "该改动随 Linux {series} 出现",
    "patch_built": "每处修改都用真实内核头文件编译过；整个补丁没有",
    "patch_confirmed": "每处修改都用真实内核头文件编译过，或有人报告可用；整个补丁没有",
    "patch_reasoned": "修改由内核改动推出，并非全部经过编译",
    "gpu_condition": "显卡属于 {cards}，vGPU {branch} 不支持它们",
    "gpu_condition_plain": "显卡属于 {cards}，{branch} 分支不支持它们",
    "ended": "需要仍有支持的分支：vGPU {branch} 的支持已于 {month} 结束",
    "ended_plain": "需要仍有支持的分支：{branch} 的支持已于 {month} 结束",
    "ends": "需要长期支持的分支：vGPU {branch} 的支持将于 {month} 结束",
    "host_refuses": "宿主机运行 vGPU {hosts}：它拒绝比自己新的客户机驱动",
    "leaves": "还指望它解决 {ids}",
    "pin_pve": "本机不是提供该内核的 Proxmox VE {pve}",
    "pin_unless": "需要安全更新：Proxmox 在 {last} 之后没有再构建 {series}",
    "pin_zfs": "ZFS 存储池曾在比 {series} 更新的内核下创建或升级，旧内核可能无法导入",
    "pin_installed": "已没有安装更旧的内核",
    "patch_condition": "文件不是驱动 {build} 本身；一个补丁只适用于一个构建",
    "patch_save": "# 把本报告中的补丁保存为 vgpu-doctor.patch，与 {file} 放在一起",
    "patch_from_source": "# 在 {file} 旁边，从驱动自己的源码生成补丁",
    "patch_more": "# 此内核还需要 {ids} 的修正，而日志没有显示；从源码生成的补丁也包含它",
    "patch_save_part": (
        "# 没有 vgpu-doctor 的主机可改为把本报告中的补丁保存为 vgpu-doctor.patch；它只含日志引用的行，不解决 {ids}"
    ),
    "pin_build": "# 重启之前，用 {file} 为该内核编译驱动",
    "pin_autoinstall": "# 重启之前，为该内核编译驱动",
    "pin_hold": "# 防止升级再次带来新内核",
    "unpin": "# 之后将恢复启动最新内核",
    "choose_older": "# 重启，在启动菜单（Advanced options）中选择 {before} 之前的内核，然后在该内核中：",
    "grub_saved": "# 让启动菜单记住上次选择的内核",
    "pacman_cache": "# 缓存中仍有的旧内核软件包；用 pacman -U 加上它们的路径可装回内核及其头文件",
    "names_risk": (
        "# 网卡名可能随内核改变，届时将无法连上宿主机。i40e 驱动的网卡最常见"
        "（从 Linux 6.8 起 enp1s0f0 变成 enp1s0f0np0）；下面的命令为每块这样的网卡输出一行："
    ),
    "names_keep": "# 趁网络正常：按 MAC 地址把每块网卡现在的名字固定下来。最后一条命令显示这些文件",
    "undo_driver_up_to": "# 驱动 {build} 最高支持 Linux {series}；在这样的内核上用它自己的安装程序即可装回",
    "undo_driver": "# 在驱动 {build} 能工作的内核上，用它自己的安装程序即可装回",
    "undo_packages": "# 之前的版本号记录在软件包工具的日志里",
    "before": "# 首先：{title}",
    "first_own_branch": "推荐第一种办法：留在原分支，虚拟机里的驱动不用换，也不需要补丁。",
    "first_own_branch_plain": "推荐第一种办法：留在原分支，也不需要补丁。",
    "first_patch": "推荐第一种办法：留在现有的版本。",
    "first_other_branch": "推荐第一种办法：现有分支没有任何版本适合此内核。",
    "first_older_kernel": "推荐第一种办法：没有已知的驱动同时适合此内核和显卡。",
    "first_ended_branch": "第一种办法是已知的唯一办法，尽管该分支的支持已经结束。",
    "no_patch_edits": "不提供补丁：{ids} 没有已知的补丁。",
    "no_patch_open": "不提供补丁：在 Linux {series} 上，驱动 {build} 还缺少没有已知补丁的改动：{ids}。",
    "no_patch_many": "不提供补丁：在 Linux {series} 上，驱动 {build} 缺少 {ids}，未见有人用过包含这么多修改的驱动。",
    "no_patch_guard": "不提供补丁：{kernel} 移植了更新内核的改动，而 {ids} 的已知补丁依据内核版本号。",
    "no_patch_packaged": "不提供补丁：已知的补丁适用于 NVIDIA 的 .run 文件，不适用于软件包。",
    "back_now": (
        "要让宿主机马上恢复：proxmox-boot-tool kernel list 列出已安装的内核。若其中有 {kernel}，执行 "
        "proxmox-boot-tool kernel pin {kernel} --next-boot 和 proxmox-boot-tool refresh 后重启即可启动它一次；"
        "否则请在启动菜单（Advanced options）中选择旧内核。"
    ),
    "back_now_unnamed": (
        "要让宿主机马上恢复，请在启动菜单（Advanced options）中选择驱动曾经正常的内核；"
        "proxmox-boot-tool kernel list 列出已安装的内核。"
    ),
    "back_now_menu": "要让机器马上恢复，请在启动菜单中选择驱动曾经正常的内核。",
    "back_now_vm": "要让虚拟机马上恢复，请在它的启动菜单中选择驱动曾经正常的内核。",
    "no_pin": "此处无法退回旧内核：驱动 {build} 最高支持 Linux {series}，而 Proxmox VE {pve} 没有这样的内核。",
    "supported": (
        "vGPU {old} 的支持已于 {ended} 结束。vGPU {release}（宿主驱动 {build}）支持到 {until}，也能在此内核上工作，"
        "但需要更换客户机驱动。"
    ),
    "low_confidence": "vGPU {release} 在 {kernel} 上不能工作这一点可信度低；以日志中的错误为据。",
    "fails_anyway": (
        "即使解决了上述问题：vGPU {release} 从 Linux {failing} 起不能工作（{confidence}），"
        "而本机内核是 Linux {series}。对策见 'vgpu-doctor check --driver {build} --kernel {kernel}'。"
    ),
    "foreign_kernel": "{distribution} 的内核移植了更新内核的改动，版本号参考意义不大，以日志中的错误为准。",
    "shared_build": "vGPU {releases} 使用同一个宿主驱动，日志无法区分。",
    "assumed_series": "日志没有写明内核版本；从结论看是 Linux {series} 或更新。用 --kernel 指定可得到更准确的建议。",
    "assumed_debian": "日志没有写明发行版；各发行版命令不同之处，按 Debian 和 Ubuntu 给出。",
    "assumed_proxmox": "日志没有写明发行版；以下命令按 Proxmox VE 给出。",
    "assumed_pve": "该内核适用于多个 Proxmox VE 版本，这里假定为 {pve}（可用 --pve 指定）。",
    "assumed_gpu": "日志没有写明显卡型号；用 --gpu 指定可排除不适用的办法。",
    "gpu_unknown": "“{gpu}”不是已知的显卡，或同时符合两种；以下建议不区分显卡。",
    "no_driver": "日志没有写明驱动版本；用 --driver 指定后才能给出解决 {ids} 的办法。",
    "no_driver_fixed": "各分支中最早包含该改动的 vGPU 版本：{releases}。",
    "nothing": "已知的方法都不能在这台主机上解决 {ids}。",
    "ask": (
        "求助时请贴出本报告（--format bbcode 或 markdown）、完整日志，以及 uname -r、lspci -nn -d 10de: "
        "和 dkms status 的输出。"
    ),
}
