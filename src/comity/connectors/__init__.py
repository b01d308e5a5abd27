"""The doors of the house: each folder knows one protocol and nothing else."""
