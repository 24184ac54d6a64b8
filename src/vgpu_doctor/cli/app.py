"""The commands and their options; the code behind a command is imported when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

from vgpu_doctor.cli.completion import languages, pve_releases, signature_ids, trees, vgpu_releases
from vgpu_doctor.host.hook_files import Mode
from vgpu_doctor.report.writers import Format

app = typer.Typer(
    name="vgpu-doctor",
    help="Find out why an NVIDIA vGPU driver does not build, load or run on this kernel, and what to do about it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
signatures_app = typer.Typer(help="List, lint, test and draft signatures.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(signatures_app, name="signatures")
hook_app = typer.Typer(
    help="Make apt check the driver before it installs a kernel.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(hook_app, name="hook")


CheckFormat = Literal[Format, "prometheus"]
Colour = Literal["auto", "always", "never"]

FormatOption = Annotated[Format, typer.Option("--format", "-f", help="Output format.")]
LanguageOption = Annotated[
    Optional[str],
    typer.Option("--lang", autocompletion=languages, help="en or zh; by default the language of the locale."),
]
ColourOption = Annotated[Colour, typer.Option("--color", help="When to use colours.")]
FoldersOption = Annotated[
    Optional[list[Path]],
    typer.Option(
        "--signatures",
        help="Folder of your own signatures, which override shipped ones with the same id; may be repeated.",
    ),
]
GpuOption = Annotated[Optional[str], typer.Option("--gpu", help="The GPU: its name or PCI id (10de:2204).")]
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
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.", is_eager=True)] = False,
) -> None:
    """Find out why an NVIDIA vGPU driver does not build, load or run on this kernel, and what to do about it."""
    if version:
        from vgpu_doctor import __version__

        typer.echo(f"vgpu-doctor {__version__}")
        raise typer.Exit


@app.command(
    epilog="Exit code: 0 nothing wrong found, 1 cause found, 2 could not run, 3 errors without a known cause.",
)
def analyze(
    logs: Annotated[
        Optional[list[str]],
        typer.Argument(
            metavar="[LOG...|-]", help="Logs of one host, plain or compressed (gz, xz, bz2); - is standard input."
        ),
    ] = None,
    form: FormatOption = "text",
    language: LanguageOption = None,
    no_mask: Annotated[
        bool, typer.Option("--no-mask", help="Do not mask names and addresses in formats made for sharing.")
    ] = False,
    gpu: GpuOption = None,
    driver: DriverOption = None,
    kernel: KernelOption = None,
    pve: PveOption = None,
    colour: ColourOption = "auto",
    folders: FoldersOption = None,
) -> int:
    """Diagnose logs of a failed install, build or load: what broke, why, and what to do."""
    from vgpu_doctor.cli.analyze import run_analyze

    return run_analyze(
        logs or [],
        form=form,
        language=language,
        mask=not no_mask,
        gpu=gpu,
        driver=driver,
        kernel=kernel,
        pve=pve,
        colour=colour,
        folders=folders or [],
    )


@app.command(
    epilog="Exit code: 0 written, 1 nothing to patch or not all could be patched, 2 could not run.",
)
def patch(
    logs: Annotated[
        Optional[list[str]],
        typer.Argument(metavar="[LOG...|-]", help="Logs whose causes the patch fixes."),
    ] = None,
    source: Annotated[
        Optional[Path],
        typer.Option(
            "--source", help="The driver's source: an unpacked package, /usr/src/nvidia-BUILD, or its kernel folder."
        ),
    ] = None,
    run: Annotated[
        Optional[Path],
        typer.Option("--run", help="The driver's .run file, which is made to verify and unpack itself."),
    ] = None,
    for_kernel: Annotated[
        Optional[str],
        typer.Option("--for-kernel", help="Fix everything that breaks on this kernel release, whatever the log shows."),
    ] = None,
    tree: Annotated[
        Optional[str],
        typer.Option("--tree", autocompletion=trees, help="kernel or kernel-open; by default the one in the log."),
    ] = None,
    output: Annotated[
        Optional[Path],
        typer.Option("--output", "-o", help="Write the patch to this file instead of standard output."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Try the patch on a copy of the source with the patch command.")
    ] = False,
    build: Annotated[
        Optional[Path],
        typer.Option(
            "--build",
            help="Compile a patched copy against these kernel headers, patch what then fails, and list what remains.",
        ),
    ] = None,
    driver: DriverOption = None,
    kernel: KernelOption = None,
    folders: FoldersOption = None,
) -> int:
    """Write a patch for NAME.run --apply-patch."""
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
    epilog="Exit code: 0 builds and works, 1 will not build or will not work, 2 could not run, 3 unknown.",
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
            help="Kernel release (6.8.4-2-pve), series (6.8), range (6.8..6.17) or list; by default the host's.",
        ),
    ] = None,
    gpu: GpuOption = None,
    pve: Annotated[
        Optional[str], typer.Option("--pve", autocompletion=pve_releases, help="Proxmox VE release (8.2).")
    ] = None,
    source: Annotated[
        Optional[Path],
        typer.Option("--source", help="The driver's source; by default /usr/src/nvidia-BUILD, if present."),
    ] = None,
    headers: Annotated[
        Optional[Path],
        typer.Option("--headers", help="Kernel headers; by default those installed for the kernel."),
    ] = None,
    root: Annotated[
        Optional[Path],
        typer.Option(
            "--root", help="Read the host's state from this folder, such as a mounted disk; runs no commands."
        ),
    ] = None,
    matrix: Annotated[
        bool, typer.Option("--matrix", help="Print a table of vGPU releases against kernel series instead.")
    ] = False,
    form: Annotated[CheckFormat, typer.Option("--format", "-f", help="Output format.")] = "text",
    language: LanguageOption = None,
    no_mask: Annotated[
        bool, typer.Option("--no-mask", help="Do not mask names and addresses in formats made for sharing.")
    ] = False,
    colour: ColourOption = "auto",
    folders: FoldersOption = None,
) -> int:
    """Check before an upgrade whether the driver will build and work on a kernel; by default on this host."""
    from vgpu_doctor.advice.host_context import UserInput
    from vgpu_doctor.cli.check import run_check

    return run_check(
        UserInput(driver=driver, kernel=kernel, gpu=gpu, pve=pve, source=source, headers=headers, root=root),
        form=form,
        language=language,
        mask=not no_mask,
        colour=colour,
        matrix=matrix,
        folders=folders or [],
    )


@app.command(epilog="Exit code: 0 printed, 2 no such signature.")
def explain(
    name: Annotated[
        str,
        typer.Argument(metavar="ID", autocompletion=signature_ids, help="Id of a signature, as a report shows it."),
    ],
    language: LanguageOption = None,
    colour: ColourOption = "auto",
    folders: FoldersOption = None,
) -> int:
    """Explain one signature."""
    from vgpu_doctor.cli.explain import run_explain

    return run_explain(name, language=language, colour=colour, folders=folders or [])


@app.command(epilog="Exit code: 0 printed.")
def schema() -> int:
    """Print the JSON Schema of reports, for programs that read --format json."""
    from importlib.resources import files

    typer.echo(files("vgpu_doctor.report").joinpath("report.schema.json").read_text(encoding="utf-8"), nl=False)
    return 0


HookRootOption = Annotated[
    Path, typer.Option("--root", help="Work on the system in this folder instead of the running one.")
]


@hook_app.command("install", epilog="Exit code: 0 installed, 2 could not run.")
def hook_install(
    mode: Annotated[Mode, typer.Option("--mode", help="Warn, or stop apt before it changes anything.")] = "warn",
    root: HookRootOption = Path("/"),
) -> int:
    """Install the hook: apt configuration, the command it runs, and a check after each new kernel."""
    from vgpu_doctor.cli.hook import install_hook

    return install_hook(mode, root)


@hook_app.command("remove", epilog="Exit code: 0 removed, 2 could not run.")
def hook_remove(root: HookRootOption = Path("/")) -> int:
    """Remove the hook."""
    from vgpu_doctor.cli.hook import remove_hook

    return remove_hook(root)


@hook_app.command("status", epilog="Exit code: 0 installed, 1 not installed or changed, 2 could not run.")
def hook_status_of(root: HookRootOption = Path("/")) -> int:
    """Show whether the hook is installed, and in which mode."""
    from vgpu_doctor.cli.hook import hook_status

    return hook_status(root)


@signatures_app.command("list")
def list_signatures(
    kinds: Annotated[
        bool, typer.Option("--kinds", help="List the kinds of diagnostics and what they capture instead.")
    ] = False,
    language: LanguageOption = None,
    folders: FoldersOption = None,
) -> int:
    """List all signatures: id, area, title."""
    from vgpu_doctor.cli.signatures import run_list

    return run_list(kinds=kinds, language=language, folders=folders or [])


FolderArgument = Annotated[
    Optional[Path],
    typer.Argument(metavar="[FOLDER]", help="Folder of signatures; by default the shipped ones."),
]


@signatures_app.command("lint", epilog="Exit code: 0 no mistakes, 1 mistakes found, 2 could not run.")
def lint_signatures(folder: FolderArgument = None) -> int:
    """Look for mistakes in signatures and in the catalogue."""
    from vgpu_doctor.cli.signatures import run_lint

    return run_lint(folder)


@signatures_app.command("test", epilog="Exit code: 0 all examples hold, 1 an example fails, 2 could not run.")
def test_signatures(folder: FolderArgument = None) -> int:
    """Run the examples of every signature."""
    from vgpu_doctor.cli.signatures import run_test

    return run_test(folder)


@signatures_app.command("new", epilog="Exit code: 0 drafted, 1 nothing to draft from, 2 could not run.")
def draft_signature(
    log: Annotated[str, typer.Argument(metavar="LOG|-", help="Log with an error that no signature matches.")],
    folder: Annotated[
        Optional[Path],
        typer.Option("--output", "-o", help="Write each draft to a file in this folder instead of standard output."),
    ] = None,
) -> int:
    """Draft signatures from the unrecognised errors of a log."""
    from vgpu_doctor.cli.signatures import run_new

    return run_new(log, folder)
