"""How often each token may call: counted in this process, minute by minute."""

from comity.core.limits import Counter

calls = Counter()
