"""`comity` whose leases end after seconds: where a machine is cut off, a test can't wait for minutes."""

import sys
from datetime import timedelta

import django

django.setup()

from comity.cli.main import main  # noqa: E402
from comity.conversations.actions import sending  # noqa: E402
from comity.events import claims  # noqa: E402

claims.LEASE = 6
sending.LEASE = timedelta(seconds=12)
sys.exit(main())
