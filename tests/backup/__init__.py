"""Backups are made while the program works, and come back whole or not at all."""
