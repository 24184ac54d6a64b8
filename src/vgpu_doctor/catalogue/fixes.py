"""Decide whether a driver build has a fix: the rule behind all advice on drivers.

NVIDIA numbers its builds in two sequences: one of vGPU host builds, one of plain releases and guest drivers. The branch
and the second number mean the same in both; the last number does not: host 550.90.05 is built from the sources of plain
550.90.07. So :func:`at_least` compares

1. builds of one sequence by all their numbers;
2. builds of different sequences by the first two numbers;
3. where those are equal, by the catalogue: NVIDIA releases each host build together with a guest driver, and the number
   of the guest stands for the host's.

A record's ``fixed_in`` gives the first fixed build of each branch, a host build where one is known, and None for a
branch that never got the fix. :func:`has_fix` answers for a build whose branch

* is named, with None                                            False
* is named, and the build is as new as the first fixed one       True
* is named, and the build is older                               False, but see :func:`_older_plain_has_fix`
* is not named, and ended before a newer branch without the fix  False
* is not named, and began after an older branch got the fix      True

and None, not known, otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.versions import compare_builds, driver_branch, driver_numbers, same_branch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vgpu_doctor.catalogue.drivers import DriverCatalogue


def has_fix(drivers: DriverCatalogue, build: str, fixed_in: Mapping[str, str | None]) -> bool | None:
    """Whether ``build`` has the fix of a record with this ``fixed_in``; None where that is not known."""
    branch = driver_branch(build)
    if branch not in fixed_in:
        return _unnamed_branch_has_fix(drivers, branch, fixed_in)
    first_fixed = fixed_in[branch]
    if first_fixed is None:
        return False
    has = at_least(drivers, build, first_fixed)
    if has is False and drivers.is_host(first_fixed) and not drivers.is_host(build):
        return _older_plain_has_fix(drivers, build, first_fixed, fixed_in)
    return has


def at_least(drivers: DriverCatalogue, build: str, first_fixed: str) -> bool | None:
    """Whether ``build`` is as new as ``first_fixed`` of the same branch; None where that is not known.

    Betas are out of order, so nothing is known of them.
    """
    if build == first_fixed:
        return True
    if not same_branch(build, first_fixed) or drivers.is_beta(build) or drivers.is_beta(first_fixed):
        return None
    same_sequence = bool(drivers.sequences(build) & drivers.sequences(first_fixed))
    order = compare_builds(build, first_fixed, same_sequence=same_sequence)
    if order is not None:
        return order >= 0
    if drivers.is_host(build):
        answers = {_as_new_as(guest, first_fixed) for guest in drivers.guests_of(build)}
        return answers.pop() if len(answers) == 1 else None  # releases that share the host build may disagree
    if drivers.is_host(first_fixed) and all(_as_new_as(build, guest) for guest in drivers.guests_of(first_fixed)):
        return True
    return None


def _as_new_as(build: str, other: str) -> bool:
    return driver_numbers(build) >= driver_numbers(other)


def _older_plain_has_fix(
    drivers: DriverCatalogue, build: str, first_fixed: str, fixed_in: Mapping[str, str | None]
) -> bool | None:
    """Whether a plain or guest build has a fix although it is older than the first fixed host build.

    A build older than the last host build without the fix lacks it; one between the two host builds may have it.
    Where all host builds of the branch have the fix, it has been there from the start if that is so in an older branch.
    """
    older_hosts = [
        release.host
        for release in drivers.releases_in(build)
        if driver_numbers(release.host) < driver_numbers(first_fixed)
    ]
    if older_hosts:
        return False if at_least(drivers, build, older_hosts[-1]) is False else None
    older_fixes = _older_fixes(driver_branch(build), fixed_in)
    return True if any(_in_every_host(drivers, first) for first in older_fixes) else None


def _in_every_host(drivers: DriverCatalogue, first_fixed: str) -> bool:
    """Whether even the oldest host build of the branch has what came with ``first_fixed``."""
    releases = drivers.releases_in(first_fixed)
    return bool(releases) and at_least(drivers, releases[0].host, first_fixed) is True


def _unnamed_branch_has_fix(drivers: DriverCatalogue, branch: str, fixed_in: Mapping[str, str | None]) -> bool | None:
    """Whether a branch that ``fixed_in`` does not name has the fix, by the dates of vGPU releases."""
    never_fixed = (name for name, first in fixed_in.items() if first is None and int(name) > int(branch))
    if any(_ended_before(drivers, branch, name) for name in never_fixed):
        return False
    older_branches = [name for name in fixed_in if int(name) < int(branch)]
    if not older_branches or fixed_in[max(older_branches, key=int)] is None:
        return None
    return True if any(_began_after(drivers, branch, first) for first in _older_fixes(branch, fixed_in)) else None


def _older_fixes(branch: str, fixed_in: Mapping[str, str | None]) -> list[str]:
    """Return the first fixed builds of branches older than ``branch``."""
    return [first for name, first in fixed_in.items() if first is not None and int(name) < int(branch)]


def _ended_before(drivers: DriverCatalogue, branch: str, other: str) -> bool:
    """Whether the last vGPU release of ``branch`` is older than the last one of ``other``."""
    last, last_of_other = drivers.newest_in_branch(branch), drivers.newest_in_branch(other)
    return last is not None and last_of_other is not None and _is_earlier(last.date, last_of_other.date)


def _began_after(drivers: DriverCatalogue, branch: str, first_fixed: str) -> bool:
    """Whether ``branch``, or a vGPU branch between, began after the older branch of ``first_fixed`` had the fix."""
    older = driver_branch(first_fixed)
    plain = drivers.plain_branch(older)
    if plain and driver_numbers(first_fixed) <= driver_numbers(plain.first):
        return True  # the older branch had it from the start
    fixed = (release for release in drivers.releases_in(older) if at_least(drivers, release.host, first_fixed))
    first_release = next(fixed, None)
    if first_release is None:
        return False
    later_branches = (later.driver for later in drivers.branches if int(older) < int(later.driver) <= int(branch))
    return any(_is_earlier(first_release.date, drivers.releases_in(later)[0].date) for later in later_branches)


def _is_earlier(date: str, other: str) -> bool:
    """Whether a date is surely before another; 2026 is neither before nor after 2026-03."""
    shared = min(len(date), len(other))
    return date[:shared] < other[:shared]
