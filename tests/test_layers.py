"""The imports run one way, from the command line down to the nouns, as the picture in the README has it."""

from __future__ import annotations

import ast
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import vgpu_doctor

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(vgpu_doctor.__file__).parent

LAYERS = (
    ("", "frozen"),
    ("errors", "model", "package_data", "versions"),
    ("confusables", "fields"),
    ("intake",),
    ("grammar",),
    ("signatures",),
    ("catalogue",),
    ("diagnosis",),
    ("engine",),
    ("patching",),
    ("compat",),
    ("advice",),
    ("host", "messages"),
    ("report",),
    ("check",),
    ("devtools",),
    ("cli",),
    ("__main__",),
)
"""Packages and top-level modules, lowest first; "" is the package itself, which has the version.

Each may import from the layers below it, not from its neighbours. That ``messages`` stands above ``advice`` keeps
sentences out of the engine."""

LEVEL = {package: level for level, layer in enumerate(LAYERS) for package in layer}

FOUNDATION = {*LAYERS[0], *LAYERS[1], *LAYERS[2]}
"""What every package may import."""

STANDALONE: dict[str, set[str]] = {"intake": set(), "host": set(), "messages": set(), "report": {"messages"}}
"""Packages that know the foundation alone, and what else they may import: they take and give values of ``model``."""

PURE = ("intake", "grammar", "signatures", "catalogue", "diagnosis", "engine", "compat", "advice")
"""What is meant to run in a browser page too: no terminal, no network, no other program."""

IMPURE = {"ctypes", "http", "multiprocessing", "requests", "rich", "socket", "subprocess", "typer", "urllib"}


class Dependency(NamedTuple):
    """One module that another one imports; both are named without ``vgpu_doctor.``."""

    importer: str
    imported: str
    for_types_only: bool


def package_of(module: str) -> str:
    return module.partition(".")[0]


@cache
def module_files() -> dict[str, Path]:
    files = {}
    for path in sorted(SOURCE.rglob("*.py")):
        module = path.parent if path.name == "__init__.py" else path.with_suffix("")
        files[".".join(module.relative_to(SOURCE).parts)] = path
    return files


def imports_below(node: ast.AST, for_types_only: bool = False) -> Iterator[tuple[str, bool]]:
    """Yield the full name of everything imported below a node, in functions too, and whether only type checkers see it.

    ``from package import name`` gives ``package.name``, whether that is a module or not.
    """
    if isinstance(node, ast.Import):
        yield from ((alias.name, for_types_only) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "relative imports are not used here"
        yield from ((f"{node.module}.{alias.name}", for_types_only) for alias in node.names)
    guarded = node.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" else []
    for child in ast.iter_child_nodes(node):
        yield from imports_below(child, for_types_only or child in guarded)


@cache
def imported_names() -> dict[str, list[tuple[str, bool]]]:
    return {
        module: list(imports_below(ast.parse(path.read_text(encoding="utf-8"))))
        for module, path in module_files().items()
    }


@cache
def dependencies() -> frozenset[Dependency]:
    found = set()
    for module, names in imported_names().items():
        for name, for_types_only in names:
            inside = name.removeprefix("vgpu_doctor.")
            if inside != name:
                imported = inside if inside in module_files() else inside.rpartition(".")[0]
                found.add(Dependency(module, imported, for_types_only))
    return frozenset(found)


def test_the_imports_are_found() -> None:
    assert Dependency("cli.analyze", "engine", False) in dependencies()
    assert Dependency("cli.app", "", False) in dependencies()
    assert {imported for _, imported, _ in dependencies()} <= set(module_files())


def test_every_package_has_its_layer() -> None:
    assert {package_of(module) for module in module_files()} - set(LEVEL) == set()


def test_imports_run_one_way() -> None:
    upward = {
        (importer, imported)
        for importer, imported, _ in dependencies()
        if package_of(importer) != package_of(imported) and LEVEL[package_of(importer)] <= LEVEL[package_of(imported)]
    }
    assert upward == set()


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph: dict[str, set[str]] = {}
    for importer, imported, for_types_only in dependencies():
        if not for_types_only:
            graph.setdefault(importer, set()).add(imported)
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


def test_packages_that_stand_alone_import_the_foundation_only() -> None:
    others = {
        (importer, imported)
        for importer, imported, _ in dependencies()
        if (package := package_of(importer)) in STANDALONE
        and package_of(imported) not in {package, *FOUNDATION, *STANDALONE[package]}
    }
    assert others == set()


def test_the_engine_reaches_no_terminal_no_network_and_no_other_program() -> None:
    reached = {module for module in module_files() if package_of(module) in PURE}
    while new := {imported for importer, imported, _ in dependencies() if importer in reached} - reached:
        reached |= new
    impure = {
        (module, name)
        for module in reached
        for name, for_types_only in imported_names()[module]
        if name.partition(".")[0] in IMPURE and not for_types_only
    }
    assert impure == set()
