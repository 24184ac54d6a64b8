"""The commands and their options; what they do is imported when one of them is called."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Optional

import typer

from vgpu_doctor.cli.completion import languages, pve_releases, signature_ids, trees, vgpu_releases

app = typer.Typer(
    name="vgpu-doctor",
    help="Says why an NVIDIA vGPU driver does not build, load or run on this kernel, and what to do about it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
signatures_app = typer.Typer(
    help="For those who write records: list, lint, test, new.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(signatures_app, name="signatures")
hook_app = typer.Typer(
    help="Let apt ask before a kernel comes that breaks the driver: install, remove, status.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(hook_app, name="hook")


class Format(StrEnum):
    """Forms of a report."""

    text = "text"
    markdown = "markdown"
    bbcode = "bbcode"
    json = "json"
    sarif = "sarif"
    html = "html"


class CheckFormat(StrEnum):
    """Forms of a forecast."""

    text = "text"
    markdown = "markdown"
    bbcode = "bbcode"
    json = "json"
    sarif = "sarif"
    html = "html"
    prometheus = "prometheus"


class HookMode(StrEnum):
    """What the hook does where a kernel would break the driver."""

    warn = "warn"
    stop = "stop"


class Colour(StrEnum):
    """When to use colours."""

    auto = "auto"
    always = "always"
    never = "never"


FormatOption = Annotated[Format, typer.Option("--format", "-f", help="Form of the report.")]
LanguageOption = Annotated[
    Optional[str], typer.Option("--lang", autocompletion=languages, help="en or zh; by default that of the locale.")
]
ColourOption = Annotated[Colour, typer.Option("--color", help="Colours on a terminal.")]
FoldersOption = Annotated[
    Optional[list[Path]],
    typer.Option("--signatures", help="A folder of your own records; they override shipped ones of the same id."),
]
GpuOption = Annotated[Optional[str], typer.Option("--gpu", help="The card: a name, or its PCI id (10de:2204).")]
DriverOption = Annotated[
    Optional[str],
    typer.Option(
        "--driver", autocompletion=vgpu_releases, help="Driver build or vGPU release, if the log does not name it."
    ),
]
KernelOption = Annotated[Optional[str], typer.Option("--kernel", help="Kernel release, if the log does not name it.")]
PveOption = Annotated[
    Optional[str],
    typer.Option("--pve", autocompletion=pve_releases, help="Proxmox VE release (8.2), if the log does not name it."),
]


@app.callback()
def vgpu_doctor(
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.", is_eager=True)] = False,
) -> None:
    """Says why an NVIDIA vGPU driver does not build, load or run on this kernel, and what to do about it."""
    if version:
        from vgpu_doctor import __version__

        typer.echo(f"vgpu-doctor {__version__}")
        raise typer.Exit


@app.command(
    epilog="Exit code: 0 nothing wrong found, 1 cause found, 2 could not run, 3 errors that it cannot name.",
)
def analyze(
    logs: Annotated[
        Optional[list[str]],
        typer.Argument(
            metavar="[LOG...|-]", help="Logs of one host, plain or packed (gz, xz, bz2); - is standard input."
        ),
    ] = None,
    form: FormatOption = Format.text,
    language: LanguageOption = None,
    no_mask: Annotated[
        bool, typer.Option("--no-mask", help="Keep names and addresses in formats made for sharing.")
    ] = False,
    gpu: GpuOption = None,
    driver: DriverOption = None,
    kernel: KernelOption = None,
    pve: PveOption = None,
    colour: ColourOption = Colour.auto,
    folders: FoldersOption = None,
) -> int:
    """Diagnose logs of a failed install, build or load: what broke, why, and what to do."""
    from vgpu_doctor.cli.analyze import run_analyze

    return run_analyze(
        logs or [],
        form=form.value,
        language=language,
        mask=not no_mask,
        gpu=gpu,
        driver=driver,
        kernel=kernel,
        pve=pve,
        colour=colour.value,
        folders=folders or [],
    )


@app.command(
    epilog="Exit code: 0 written, 1 nothing to patch or not all could be patched, 2 could not run.",
)
def patch(
    logs: Annotated[
        Optional[list[str]],
        typer.Argument(metavar="[LOG...|-]", help="Logs whose findings the patch shall cure."),
    ] = None,
    source: Annotated[
        Optional[Path],
        typer.Option(
            "--source", help="The driver's source: an unpacked package, /usr/src/nvidia-BUILD, or a kernel folder."
        ),
    ] = None,
    run: Annotated[
        Optional[Path],
        typer.Option("--run", help="The driver's .run file; it is asked to check and unpack itself."),
    ] = None,
    for_kernel: Annotated[
        Optional[str],
        typer.Option("--for-kernel", help="Cure everything that this kernel release needs, whatever a log shows."),
    ] = None,
    tree: Annotated[
        Optional[str],
        typer.Option("--tree", autocompletion=trees, help="kernel or kernel-open; by default the one in the log."),
    ] = None,
    output: Annotated[
        Optional[Path],
        typer.Option("--output", "-o", help="Write the patch into this file instead of printing it."),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Apply the patch to a copy with the machine's patch.")] = False,
    build: Annotated[
        Optional[Path],
        typer.Option(
            "--build",
            help="Compile a patched copy against these kernel headers, patch what that shows, and say what remains.",
        ),
    ] = None,
    driver: DriverOption = None,
    kernel: KernelOption = None,
    folders: FoldersOption = None,
) -> int:
    """Write the patch that NAME.run --apply-patch takes."""
    from vgpu_doctor.cli.patch import run_patch

    return run_patch(
        logs or [],
        source=source,
        run=run,
        for_kernel=for_kernel,
        tree=tree,
        output=output,
        check=check,
        build=build,
        kernel=kernel,
        driver=driver,
        folders=folders or [],
    )


@app.command(
    epilog="Exit code: 0 builds and works, 1 will not build or will not work, 2 could not run, 3 not known.",
)
def check(
    driver: Annotated[
        Optional[str],
        typer.Option(
            "--driver",
            autocompletion=vgpu_releases,
            help="Driver build (535.161.05) or vGPU release (16.4); by default the host's.",
        ),
    ] = None,
    kernel: Annotated[
        Optional[str],
        typer.Option(
            "--kernel",
            help="Kernel release (6.8.4-2-pve), series (6.8), range (6.8..6.17) or list; otherwise those of the host.",
        ),
    ] = None,
    gpu: GpuOption = None,
    pve: Annotated[
        Optional[str], typer.Option("--pve", autocompletion=pve_releases, help="Proxmox VE release (8.2).")
    ] = None,
    source: Annotated[
        Optional[Path],
        typer.Option("--source", help="The driver's source; otherwise /usr/src/nvidia-BUILD where it is there."),
    ] = None,
    headers: Annotated[
        Optional[Path],
        typer.Option("--headers", help="Headers of the kernel; otherwise those that are installed for it."),
    ] = None,
    root: Annotated[
        Optional[Path],
        typer.Option("--root", help="Read the host from this folder (a mounted disk); no command is run."),
    ] = None,
    matrix: Annotated[
        bool, typer.Option("--matrix", help="Print the table of vGPU releases against kernel series instead.")
    ] = False,
    form: Annotated[CheckFormat, typer.Option("--format", "-f", help="Form of the answer.")] = CheckFormat.text,
    language: LanguageOption = None,
    no_mask: Annotated[
        bool, typer.Option("--no-mask", help="Keep names and addresses in formats made for sharing.")
    ] = False,
    colour: ColourOption = Colour.auto,
    folders: FoldersOption = None,
) -> int:
    """Say before an upgrade whether the driver will build on a kernel and work there; without options, on this host."""
    from vgpu_doctor.check.questions import Asked
    from vgpu_doctor.cli.check import run_check

    return run_check(
        Asked(driver=driver, kernel=kernel, gpu=gpu, pve=pve, source=source, headers=headers, root=root),
        form=form.value,
        language=language,
        mask=not no_mask,
        colour=colour.value,
        matrix=matrix,
        folders=folders or [],
    )


@app.command(epilog="Exit code: 0, or 2 where there is no such signature.")
def explain(
    name: Annotated[
        str,
        typer.Argument(metavar="ID", autocompletion=signature_ids, help="Id of a signature, as a report shows it."),
    ],
    language: LanguageOption = None,
    colour: ColourOption = Colour.auto,
    folders: FoldersOption = None,
) -> int:
    """Print the page of one signature."""
    from vgpu_doctor.cli.explain import run_explain

    return run_explain(name, language=language, colour=colour.value, folders=folders or [])


HookRootOption = Annotated[Path, typer.Option("--root", help="Do it in this folder instead of the live host.")]


@hook_app.command("install", epilog="Exit code: 0 installed, 2 could not run.")
def hook_install(
    mode: Annotated[
        HookMode, typer.Option("--mode", help="Only warn, or stop the transaction before anything changes.")
    ] = HookMode.warn,
    root: HookRootOption = Path("/"),
) -> int:
    """Write the hook: a file for apt, what it runs, and a check after each new kernel."""
    from vgpu_doctor.cli.hook import install_hook

    return install_hook(mode.value, root)


@hook_app.command("remove", epilog="Exit code: 0 removed, 2 could not run.")
def hook_remove(root: HookRootOption = Path("/")) -> int:
    """Take the hook away."""
    from vgpu_doctor.cli.hook import remove_hook

    return remove_hook(root)


@hook_app.command("status", epilog="Exit code: 0 installed, 1 not installed or changed, 2 could not run.")
def hook_status_of(root: HookRootOption = Path("/")) -> int:
    """Say whether the hook is there, and in which mode."""
    from vgpu_doctor.cli.hook import hook_status

    return hook_status(root)


@signatures_app.command("list")
def list_signatures(
    kinds: Annotated[
        bool, typer.Option("--kinds", help="List the kinds of diagnostics and their captures instead.")
    ] = False,
    language: LanguageOption = None,
    folders: FoldersOption = None,
) -> int:
    """List all records: id, area, title."""
    from vgpu_doctor.cli.signatures import run_list

    return run_list(kinds=kinds, language=language, folders=folders or [])


FolderArgument = Annotated[
    Optional[Path],
    typer.Argument(metavar="[FOLDER]", help="The records to look at; otherwise the shipped ones."),
]


@signatures_app.command("lint", epilog="Exit code: 0 all right, 1 something to mend, 2 could not run.")
def lint_signatures(folder: FolderArgument = None) -> int:
    """Look for mistakes in records."""
    from vgpu_doctor.cli.signatures import run_lint

    return run_lint(folder)


@signatures_app.command("test", epilog="Exit code: 0 all right, 1 an example fails, 2 could not run.")
def test_signatures(folder: FolderArgument = None) -> int:
    """Run the examples that every record carries."""
    from vgpu_doctor.cli.signatures import run_test

    return run_test(folder)


@signatures_app.command("new", epilog="Exit code: 0 drafted, 1 nothing to draft from, 2 could not run.")
def draft_signature(
    log: Annotated[str, typer.Argument(metavar="LOG|-", help="A log with an error that no record knows.")],
    folder: Annotated[
        Optional[Path],
        typer.Option("--output", "-o", help="Write one file a draft into this folder instead of printing them."),
    ] = None,
) -> int:
    """Draft records from the unrecognised errors of a log."""
    from vgpu_doctor.cli.signatures import run_new

    return run_new(log, folder)
