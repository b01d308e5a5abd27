"""The log, reactions, timers, long jobs and the live stream. Everything asynchronous in the house is one of these."""
