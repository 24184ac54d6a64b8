"""Says why an NVIDIA vGPU driver does not build, load or run on a Linux host, and what to do about it."""

__version__ = "0.1.0"
