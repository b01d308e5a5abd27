"""What every room stands on: environment, clock, crypto, refusals, plugs. No tables."""
