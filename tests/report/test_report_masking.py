"""What is private never leaves in a masked report, and what helps always stays."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_reports import REPORTS, seed_report, written

from vgpu_doctor.report.masking import mask_report
from vgpu_doctor.report.private import Mask
from vgpu_doctor.report.writers import WRITERS

PRIVATE = [
    ("Apr 27 20:16:44 pve kernel: NVRM: loading", "Apr 27 20:16:44 <host-1> kernel: NVRM: loading"),
    ("4月 27 20:16:44 pve kernel: NVRM: loading", "4月 27 20:16:44 <host-1> kernel: NVRM: loading"),
    ("2024-04-27T20:16:44.123456+02:00 node7 nvidia[12]: x", "2024-04-27T20:16:44.123456+02:00 <host-1> nvidia[12]: x"),
    ("root@pve:~# ls", "root@<host-1>:~# ls"),
    ("[anna@node7 ~]$ ls", "[<user-1>@<host-1> ~]$ ls"),
    ("anna@node7.example.org:/home/anna$ ls", "<user-1>@<host-1>:/home/<user-1>$ ls"),
    ("hostname=node7", "hostname=<host-1>"),
    ("Linux node7 6.8.4-2-pve #1 SMP", "Linux <host-1> 6.8.4-2-pve #1 SMP"),
    ("/home/anna/driver/nv.c:3:1: error", "/home/<user-1>/driver/nv.c:3:1: error"),
    (r"C:\Users\anna\log.txt", r"C:\Users\<user-1>\log.txt"),
    ("ssh 192.168.1.10 and http://10.0.0.5:8006/", "ssh <ip-1> and http://<ip-2>:8006/"),
    ("fe80::1%vmbr0 2001:db8::42 2001:db8:0:1:2:3:4:5", "<ip-1> <ip-2> <ip-3>"),
    ("::ffff:10.0.0.5", "::ffff:<ip-1>"),
    ("ether aa:bb:cc:dd:ee:0f and AA-BB-CC-DD-EE-0F", "ether <mac-1> and <mac-2>"),
    ("enxaabbccddee0f: link up", "enx<mac-1>: link up"),
    ("mail anna.b@example.org", "mail <email-1>"),
    ("GPU-1b2c3d4e-1111-2222-3333-444455556666", "GPU-<uuid-1>"),
    ("Serial Number                : 1322021012345", "Serial Number                : <serial-1>"),
    ("S/N: AB12345", "S/N: <serial-1>"),
    ("token=abcdefghijklmnop1234", "token=<token-1>"),
    ("api_key: 'QUJDREVGR0hJSktMTU5PUFE='", "api_key: '<token-1>'"),
    ("Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.c2ln", "Authorization: Bearer <token-1>"),
    ("password=hunter2", "password=<password-1>"),
]

PUBLIC = [
    "make -C /usr/src/linux-headers-6.8.4-2-pve M=/tmp/selfgz1/NVIDIA-Linux-x86_64-535.161.05-vgpu-kvm/kernel",
    "Linux version 6.8.4-2-pve (build@proxmox) (gcc (Debian 12.2.0-14) 12.2.0, GNU ld 2.40) #1 SMP",
    "Windows driver 31.0.15.5222, Windows 31.0.15.222, driver version 10.2.3.4",
    "NVRM: GPU 0000:01:00.0 (PCI ID: 10de:2204) fell off the bus, domain 0000:0a:00.1",
    "DKMS make.log for rtlwifi-1.0.0.0; /var/lib/dkms/rtlwifi/1.0.0.0/build; linux-generic 5.15.0.25.27",
    "commit 75f74f85a42eb294b657f847c33e1bb7921dbec9, 3652117f8548",
    "[Sat Apr 27 20:16:44 2024] NVRM: loading NVIDIA UNIX x86_64 Kernel Module  535.161.05",
    "creation time: Mon Apr 28 10:11:12 2025",
    "nv-pci.c:225:29: error: 'const struct bus_type' has no member named 'iommu_ops'",
    "memcpy@GLIBC_2.14 getty@tty1.service std::vector<int> nvidia::detail ::operator new",
    "Serial: 8250/16550 driver, 32 ports; .add_key = wl_cfg80211_add_key,",
    "Apr 27 20:16:44 6.8.4-2-pve kernel: x",
    "--module-signing-secret-key=/usr/share/nvidia/nvidia-modsign-key-EB8A.key",
    "0000:00:02.0 8086:3e92 [10de:1b38] rev a1",
]

number = st.integers(0, 255).map(str)
versions = st.one_of(
    st.tuples(st.integers(300, 700).map(str), st.integers(10, 299).map(str)).map(".".join),
    st.tuples(st.integers(300, 700).map(str), st.integers(10, 299).map(str), st.sampled_from(["01", "05", "90"])).map(
        ".".join
    ),
    st.tuples(number, number, number, st.sampled_from(["-2-pve", "-87-generic", "+deb12-amd64", ""])).map(
        lambda parts: ".".join(parts[:3]) + parts[3]
    ),
    st.from_regex(r"0000:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]", fullmatch=True),
    st.from_regex(r"10de:[0-9a-f]{4}", fullmatch=True),
    st.from_regex(r"commit [0-9a-f]{12,40}", fullmatch=True),
    st.sampled_from(["31.0.15.5222", "/usr/src/linux-headers-6.8.4-2-pve/include", "20:16:44", "2024-04-27T20:16:44"]),
)
around = st.sampled_from(["", " ", "(", ")", ", ", ": ", "error: ", "kernel ", "NVIDIA-Linux-x86_64-", "\n", "/"])
pieces = st.sampled_from([text for text, _ in PRIVATE] + PUBLIC)
noise = st.text(st.sampled_from("abcdef0123456789:.-@/=<> \n'\"[]#~$"), max_size=60)


@pytest.mark.parametrize(("text", "masked"), PRIVATE)
def test_private_text_is_masked(text: str, masked: str) -> None:
    assert Mask().text(text) == masked


@pytest.mark.parametrize("text", PUBLIC)
def test_helpful_text_stays(text: str) -> None:
    assert Mask().text(text) == text


@given(st.lists(st.tuples(around, versions), min_size=1, max_size=6))
def test_versions_addresses_and_hashes_of_the_trade_stay(parts: list[tuple[str, str]]) -> None:
    text = " ".join(before + version for before, version in parts)
    assert Mask().text(text) == text


@given(st.lists(st.one_of(pieces, noise), max_size=5))
def test_masking_twice_changes_nothing(parts: list[str]) -> None:
    once = Mask().text(" ".join(parts))
    assert Mask().text(once) == once


def test_one_value_has_one_placeholder() -> None:
    mask = Mask()
    assert mask.text("root@pve:~# ") == "root@<host-1>:~# "
    assert mask.text("root@nas:~# ") == "root@<host-2>:~# "
    assert mask.text("Apr 27 20:16:44 PVE kernel: x") == "Apr 27 20:16:44 <host-1> kernel: x"


@pytest.mark.parametrize("form", WRITERS)
def test_nothing_private_is_left_in_a_masked_report(form: str) -> None:
    secret = r"anna|node7|192\.168\.1\.10|aa:bb:cc:dd:ee:0f|1322021012345|444455556666"
    assert re.search(secret, written(REPORTS["private"](), form))
    masked = written(mask_report(REPORTS["private"]()), form)
    assert not re.search(secret, masked)
    assert "0000:01:00.0 (10de:2204)" in masked


def test_a_report_without_anything_private_stays_the_same() -> None:
    assert mask_report(seed_report()) == seed_report()


@pytest.mark.parametrize("name", REPORTS)
def test_masking_a_report_twice_changes_nothing(name: str) -> None:
    once = mask_report(REPORTS[name]())
    assert mask_report(once) == once
