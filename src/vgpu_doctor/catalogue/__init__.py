"""The catalogue: driver releases, kernels and GPUs, read from YAML, and whether a driver build has a fix."""
