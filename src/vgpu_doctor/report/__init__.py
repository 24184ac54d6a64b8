"""One writer a format; each takes a ``Report`` and adds nothing but form."""
