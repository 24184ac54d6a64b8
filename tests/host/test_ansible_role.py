"""Run the Ansible role with the real ansible-core against folders that look like hosts."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fake_roots import HOSTS

ROOT = Path(__file__).parents[2]
ROLE = ROOT / "contrib" / "ansible"
PLAYBOOK = os.environ.get("ANSIBLE_PLAYBOOK") or shutil.which("ansible-playbook")

pytestmark = pytest.mark.skipif(PLAYBOOK is None, reason="there is no ansible-playbook")

NODES = ("pve-8.1-to-8.2-vgpu-16.4", "pve-9.1-vgpu-19.5", "no-driver", "rhel-9.4-vgpu-17.1")


def played(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the role over the nodes, each a local folder, and over one on which the program is missing."""
    hosts = {}
    for name in NODES:
        root = HOSTS[name](folder / "nodes" / name).write()
        hosts[name] = {"vgpu_doctor_check_options": ["--root", str(root)]}
    hosts["broken"] = {"vgpu_doctor_check_command": ["/nowhere/vgpu-doctor"]}
    inventory = folder / "inventory.json"
    common = {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "vgpu_doctor_check_command": [sys.executable, "-m", "vgpu_doctor"],
    }
    inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": common}}))
    assert PLAYBOOK is not None
    return subprocess.run(
        [PLAYBOOK, "-i", str(inventory), str(ROLE / "check.yml"), *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        cwd=folder,
        env={
            **os.environ,
            "ANSIBLE_LOCAL_TEMP": str(folder / "tmp"),
            "ANSIBLE_REMOTE_TEMP": str(folder / "remote"),
            "ANSIBLE_HOME": str(folder / "home"),
            "ANSIBLE_NOCOLOR": "1",
            "LC_ALL": "C.UTF-8",
        },
    )


def test_all_nodes_are_in_one_table(tmp_path: Path) -> None:
    table = tmp_path / "nodes.md"
    done = played(tmp_path, "-e", f"vgpu_doctor_check_table_file={table}")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = table.read_text().split("\n")
    assert rows[0].startswith("| node | system | driver |")
    cells = {
        row.split(" | ")[0].removeprefix("| "): row for row in rows if "next upgrade" in row or " no answer " in row
    }
    assert "will not build | eventfd-signal-args, iommu-ops-removed |" in cells["pve-8.1-to-8.2-vgpu-16.4"]
    assert "| builds |" in cells["pve-9.1-vgpu-19.5"]
    assert "no answer" in cells["broken"]
    assert any(row.startswith("| no-driver | Proxmox VE 8.2 | none |") for row in rows)
    assert any(
        row.startswith("| rhel-9.4-vgpu-17.1 | Red Hat Enterprise Linux 9.4 (Plow) | 550.54.16 (17.1)") for row in rows
    )
    # Only the table on the controller is written.
    assert sum(int(count) for count in re.findall(r"changed=(\d+)", done.stdout)) == 1


def test_strict_play_ends_with_an_error(tmp_path: Path) -> None:
    done = played(tmp_path, "-e", "vgpu_doctor_check_strict=true")
    assert done.returncode != 0
    assert "the next upgrade breaks the driver of this node" in done.stdout
