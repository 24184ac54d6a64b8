"""The base of all parts of the catalogue: groups of rows, read and checked when they are first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vgpu_doctor.catalogue.schema import read_group

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from vgpu_doctor.catalogue.schema import Item, Row


class CataloguePart:
    """The plain content of all parts by name; a subclass gives values and lookups for one or two of them."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._raw = raw

    @property
    def as_of(self) -> str:
        """Year and month up to which releases, drivers and kernels are known, such as 2026-11."""
        return str(self._raw["vgpu"]["as_of"])

    def read(self, part: str, group: str, parse: Callable[[Row], Item]) -> tuple[Item, ...]:
        """Return the rows of a group as values. Raises RecordError for the first wrong one."""
        return read_group(self._raw, part, group, parse)
