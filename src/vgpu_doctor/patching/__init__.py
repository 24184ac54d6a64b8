"""Turn the edits of signatures into a patch that fits the user's own driver source.

The way of an edit: ``pattern`` finds its text in a ``source`` (made of ``tokens``, with the kernel version ``ranges``
that compile each part), ``already_applied`` leaves out what needs no change, ``edits`` and ``rewriting`` guard and
rewrite the rest, and ``unified_diff`` writes the hunks below a ``patch_header``. ``from_source`` does this for a whole
driver ``tree`` and ``from_log`` for the lines that a compiler quoted; ``source_scan`` only asks whether a tree is
affected. ``applying`` and ``building`` try the result on a copy.
"""
