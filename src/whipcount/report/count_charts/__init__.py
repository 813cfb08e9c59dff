"""Charts of what the solvers count: one file per solver, `draw(result, language)` in each."""
