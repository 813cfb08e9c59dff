"""Classic solvers of formal political theory: each takes a frozen table and gives a frozen, self-describing result."""
