"""What a person decides about a message that did not surely leave."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from comity.accounts.access import AgentRequest, agent_may
from comity.core.refusals import Refusal
from comity.core.web import is_fragment

from .. import actions, queries
from .answers import may


@require_POST
@agent_may("conversations.reply")
def message_sending(request: AgentRequest, message_id: int) -> HttpResponse:
    """Send it again (`do=again`) or now (`do=now`), or settle that it did arrive (`do=confirm`)."""
    message = queries.message_or_404(request.user, message_id)
    wanted = request.POST.get("do")
    if wanted == "again":
        actions.send_again(message=message, by=request.user.actor)
    elif wanted == "now":
        actions.send_now(message=message, by=request.user.actor)
    elif wanted == "confirm":
        actions.confirm_sent(message=message, by=request.user.actor)
    else:
        raise Refusal(_("Choose: send it again, or say that it arrived."), status=422)
    if not is_fragment(request):
        return redirect("conversation", message.conversation_id)
    fresh = queries.one_shown(queries.message_or_404(request.user, message_id))
    return render(request, "conversations/_state.html", {"one": fresh, "may": may(request)})
