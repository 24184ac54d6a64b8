"""One writer for each format; it takes a :class:`.rendering.RenderedReport` and adds only form."""
