"""Importers of the data sets that the field uses; each gives the frozen tables that the solvers take."""
