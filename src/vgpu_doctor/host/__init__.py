"""The facts of one host: its drivers, kernels, packages and cards, and what an upgrade would bring.

``access`` reads files and runs commands, of the live host or of a folder with the files of another; ``gather`` puts
together what the other modules find in them. Nothing here writes: ``hook_files`` only says what the hook consists of.
"""
