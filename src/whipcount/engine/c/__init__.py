"""The compiled backend: a recorded program as C text, built once on this machine, loaded and run in lanes of runs."""
