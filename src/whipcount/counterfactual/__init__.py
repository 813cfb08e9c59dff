"""From a scenario and interventions to paired worlds: what is changed, in which runs, and what that does."""
