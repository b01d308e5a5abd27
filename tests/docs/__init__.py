"""The documentation: what its tables say, where its links lead."""
