"""The NumPy backend: a recorded program as Python text over arrays of entities by runs; needs no compiler."""
