"""Starts the command line."""

from vgpu_doctor.cli.start import main

if __name__ == "__main__":
    main()
