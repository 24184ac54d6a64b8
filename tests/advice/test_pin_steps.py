"""The files that keep the names of network cards."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from vgpu_doctor.advice.pin_steps import KEEP_NETWORK_NAMES, LINK_FILES

if TYPE_CHECKING:
    from pathlib import Path


def test_each_card_gets_one_file_with_its_own_address_and_name(tmp_path: Path) -> None:
    net, links = tmp_path / "net", tmp_path / "links"
    links.mkdir()
    for name, address in (
        ("enp1s0f0np0", "aa:bb:cc:00:11:22"),
        ("eno1", "aa:bb:cc:00:11:22"),
        ("enp1s0f0v0", "02:00:00:00:00:01"),
    ):
        (net / name / "device").mkdir(parents=True)
        (net / name / "address").write_text(f"{address}\n")
    (net / "eno1" / "bonding_slave").mkdir()
    (net / "eno1" / "bonding_slave" / "perm_hwaddr").write_text("aa:bb:cc:00:11:33\n")
    (net / "enp1s0f0v0" / "device" / "physfn").mkdir()
    (net / "bond0").mkdir()
    script = KEEP_NETWORK_NAMES.replace("/sys/class/net", str(net)).replace(LINK_FILES, f"{links}/10-vgpu-doctor-")
    for _ in range(2):
        subprocess.run(["sh", "-c", script], check=True)
    assert {path.name: path.read_text() for path in links.iterdir()} == {
        "10-vgpu-doctor-enp1s0f0np0.link": "[Match]\nMACAddress=aa:bb:cc:00:11:22\nType=ether\n\n[Link]\nName=enp1s0f0np0\n",
        "10-vgpu-doctor-eno1.link": "[Match]\nMACAddress=aa:bb:cc:00:11:33\nType=ether\n\n[Link]\nName=eno1\n",
    }
