"""The base of all parts of the catalogue: groups of rows, read and checked when they are first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from vgpu_doctor.catalogue.schema import PARTS, part_path
from vgpu_doctor.fields import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Value = TypeVar("Value")


class CataloguePart:
    """The plain content of all parts by name; a subclass gives values and lookups for one or two of them."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._raw = raw

    @property
    def as_of(self) -> str:
        """Year and month up to which releases, drivers and kernels are known, such as 2026-11."""
        as_of: str = self._part("vgpu")["as_of"]
        return as_of

    def read(self, part: str, group: str, value_of: Callable[[Reader], Value]) -> tuple[Value, ...]:
        """Return the rows of a group as values. Raises RecordError for the first wrong one."""
        return tuple(value_of(row) for row in self._part(part)[group])

    def _part(self, name: str) -> Reader:
        return Reader(self._raw.get(name), part_path(name), "", PARTS[name])
