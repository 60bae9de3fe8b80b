"""Interfaces: API, user interface, parameters, types, secrets and network of a framework."""
