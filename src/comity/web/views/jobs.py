"""Progress of long jobs: an import, an export, a rebuilt index."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from comity.accounts.access import AgentRequest, agent_only
from comity.core.web import is_fragment
from comity.events import queries
