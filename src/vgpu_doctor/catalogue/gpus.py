"""Look up GPUs by PCI id, chip or name."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from vgpu_doctor.catalogue.part import CataloguePart
from vgpu_doctor.catalogue.schema import read_generation
from vgpu_doctor.frozen import replace
from vgpu_doctor.versions import series_numbers

if TYPE_CHECKING:
    from vgpu_doctor.catalogue.entries import GpuBoard, GpuGeneration

MAX_NAME = 200  # characters of a GPU's name that are looked at


class GpuCatalogue(CataloguePart):
    """The part ``gpus``."""

    @cached_property
    def generations(self) -> tuple[GpuGeneration, ...]:
        """The GPU generations, oldest first."""
        return self.read("gpus", "generations", read_generation)

    @cached_property
    def vendor_vfio(self) -> tuple[tuple[str, int], ...]:
        """Pairs of a kernel series and a vGPU branch; from both on, vGPUs are virtual functions without mdev."""
        return self.read("gpus", "vendor_vfio", lambda row: (row["series"], row["vgpu"]))

    def generation(self, name: str) -> GpuGeneration | None:
        """Return the generation of that name, such as pascal."""
        return next((generation for generation in self.generations if generation.name == name), None)

    def gpu(self, text: str) -> GpuGeneration | None:
        """Return the generation of a GPU by PCI id (10de:2235, or 2235), chip (GA102), or name as people write it.

        Where the board is known, ``board`` names it and ``last_vgpu`` is the board's. None if nothing fits, or if the
        text fits two generations (RTX 6000).
        """
        text = text[:MAX_NAME]
        prefixed = re.search(r"(?<![0-9a-z])(?:0x)?10de[:\s]\s?(?:0x)?([0-9a-f]{4})(?![0-9a-z])", text, re.IGNORECASE)
        bare = re.fullmatch(r"\s*(?:0x)?([0-9a-f]{4})\s*", text, re.IGNORECASE)
        if identity := prefixed or bare:
            # four digits without the vendor may be part of a name: 1080 is no Kepler
            found = self._by_id(identity[1].lower(), exact=prefixed is None and identity[1].isdigit())
            if found:
                return found
        words = re.sub(r"[^0-9A-Z]+", " ", text.upper())
        if chip := re.search(r"(?<![0-9A-Z])(G[KMPVAHB]|TU|AD)[0-9]{3}", words):
            generation = next((known for known in self.generations if chip[1] in known.chips), None)
            return generation and self._narrowed(generation, words)
        if name := self._names.search(words):
            position = int(str(name.lastgroup).removeprefix("g").partition("_")[0])
            return self._narrowed(self.generations[position], words)
        return None

    def uses_vendor_vfio(self, generation: GpuGeneration, series: str, vgpu: int) -> bool:
        """Whether a host of this vGPU branch on this kernel series offers vGPUs as virtual functions, without mdev."""
        if generation.interface != "sriov":
            return False
        return any(
            series_numbers(series) >= series_numbers(first_series) and vgpu >= first_vgpu
            for first_series, first_vgpu in self.vendor_vfio
        )

    def _by_id(self, device: str, exact: bool) -> GpuGeneration | None:
        for generation in self.generations:
            for board in generation.boards:
                if device in board.ids:
                    return _narrowed_to(generation, board)
        if exact:
            return None
        number = int(device, 16)
        return next(
            (
                generation
                for generation in self.generations
                if any(first <= number <= last for first, last in generation.ids)
            ),
            None,
        )

    def _narrowed(self, generation: GpuGeneration, words: str) -> GpuGeneration:
        """Narrow a generation to the board with the longest name that stands in ``words``."""
        named = [(name, board) for board in generation.boards for name in board.names if _pattern(name).search(words)]
        return _narrowed_to(generation, max(named, key=lambda pair: len(pair[0]))[1]) if named else generation

    @cached_property
    def _names(self) -> re.Pattern[str]:
        """All names in one expression, the longest first, each a group ``gP_N`` with the generation's position P."""
        names = [(name, position) for position, generation in enumerate(self.generations) for name in generation.names]
        names.sort(key=lambda pair: (-len(pair[0]), pair[0].count("#"), pair[0]))
        return re.compile(
            "|".join(
                f"(?P<g{position}_{number}>{_pattern(name).pattern})" for number, (name, position) in enumerate(names)
            )
        )


def _narrowed_to(generation: GpuGeneration, board: GpuBoard) -> GpuGeneration:
    return replace(generation, board=board.name, last_vgpu=board.last_vgpu or generation.last_vgpu)


def _pattern(name: str) -> re.Pattern[str]:
    """Compile a device name: # is a digit, blanks may be missing, letters may follow (V100S, RTX 3080Ti)."""
    text = " ?".join(name.upper().split()).replace("#", "[0-9]")
    return re.compile(rf"(?<![0-9A-Z]){text}(?![0-9])")
