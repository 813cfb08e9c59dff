"""Scenarios made from tables: a parliament after an election becomes talks on who governs."""
