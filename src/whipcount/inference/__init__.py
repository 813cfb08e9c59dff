"""Which parameters could have produced what is documented: simulation, rejection, population Monte Carlo, scores."""
