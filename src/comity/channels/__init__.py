"""The frame for every channel: contract, intake, threading, delivery, health."""
