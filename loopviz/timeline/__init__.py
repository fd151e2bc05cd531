"""The pure layout: which rows, which columns, which state in each cell. No screen, no event, no clock.

``rows`` says what is listed, an *axis* turns times into positions, a *viewport* says which positions are seen and how
wide a cell is, ``layout`` gives each cell its code, and ``glyphs`` what a code looks like. Every painter (TUI, SVG,
text) paints the same cells, so they can't disagree.
"""
