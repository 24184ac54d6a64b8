"""Frozen values that cost next to nothing to define.

To a type checker a class under :func:`frozen` is a frozen dataclass. CPU time of forty classes of five fields with
CPython 3.11, measured on one host:

===================== ============== ==========
.                     import         definition
===================== ============== ==========
``dataclass(frozen)`` 13 ms          48 ms
``NamedTuple``        with typing    6 ms
``frozen``            3 ms           0.5 ms
===================== ============== ==========

``dataclass`` writes and compiles several functions for each class, which for the classes of one run costs more than the
diagnosis of a log; here all classes share one set of functions. ``NamedTuple`` would be cheap enough, but its values
equal any tuple of the same content, unpack and compare by order, and cannot make a default anew.

A value is hashed by its fields, so one field that holds a mapping, a list or a set makes it unhashable, also through
another value: ``hash`` raises ``TypeError`` for Diagnostic, Match, Signature and Finding of the model, and for what
holds them. Compare such values with ``==``, and key them by an id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable

Value = TypeVar("Value")


class _Factory:
    """A default made anew for every value."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


def field(*, default_factory: Callable[[], Any]) -> Any:
    """Give a field of a mutable type a default of its own for every value, as in ``dataclasses``."""
    return _Factory(default_factory)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[Value]) -> type[Value]:
    """Make the values of a class of annotated fields immutable, compared and hashed by what the fields hold."""
    names = tuple(cls.__annotations__)
    plain: dict[str, Any] = {}
    made: dict[str, Callable[[], Any]] = {}
    for name in names:
        if name in cls.__dict__:
            default = cls.__dict__[name]
            if isinstance(default, _Factory):
                made[name] = default.make
                delattr(cls, name)
            else:
                plain[name] = default

    def init(self: Any, *values: Any, **named: Any) -> None:
        state = self.__dict__
        state.update(plain)
        state.update(zip(names, values, strict=False))
        state.update(named)
        for name in made:
            if name not in state:
                state[name] = made[name]()
        if len(state) != len(names) or len(values) > len(names):
            wrong = set(state).symmetric_difference(names) or f"{len(values)} values"
            raise TypeError(f"{cls.__name__} has the fields {', '.join(names)}; wrong: {wrong}")

    cls.__init__ = init  # type: ignore[method-assign]
    cls.__setattr__ = _refuse  # type: ignore[method-assign]
    cls.__delattr__ = _refuse  # type: ignore[method-assign]
    cls.__eq__ = _equal  # type: ignore[method-assign]
    cls.__hash__ = _hash  # type: ignore[method-assign]
    cls.__repr__ = _shown  # type: ignore[method-assign]
    return cls


def replace(value: Value, **changes: Any) -> Value:
    """Return a copy of a value with the named fields changed."""
    return type(value)(**{**value.__dict__, **changes})


def _refuse(self: Any, name: str, *_: Any) -> None:
    raise AttributeError(f"{type(self).__name__}.{name} cannot be changed")


def _equal(self: Any, other: object) -> bool:
    return self.__dict__ == other.__dict__ if type(other) is type(self) else NotImplemented


def _hash(self: Any) -> int:
    return hash(tuple(self.__dict__.values()))


def _shown(self: Any) -> str:
    return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"
