"""What a visitor does with themselves: keep their token fresh, say or prove who they are, look at the first page."""

from django.http import HttpResponse

from comity.connectors.webchat import actions, limits, queries
from comity.connectors.webchat.actions import CHAT
from comity.connectors.webchat.actions.visitors import Said
from comity.connectors.webchat.models import Visitor
from comity.connectors.webchat.proof import of_hash, of_jwt
from comity.connectors.webchat.queries.going_on import address_of
from comity.core import clock

from .frame import Call, address, done, of_visitor
from .widget import page_of


@of_visitor("identify", may_be_blocked=True)
def rotate(call: Call) -> HttpResponse:
    """Give a new token for this one, which is good for a minute more."""
    assert call.token is not None
    secret, expires_at = actions.rotate(token=call.token)
    return done({"token": secret, "expires_at": expires_at.isoformat()})


@of_visitor("identify", may_be_blocked=True)
def sign_out(call: Call) -> HttpResponse:
    """Make every token of the visitor worthless."""
    actions.sign_out(visitor=call.visitor)
    return done()


@of_visitor("identify")
def prove(call: Call) -> HttpResponse:
    """Take what the site signed of its visitor."""
    fields, secret = call.fields, call.options.identify_secret
    if token := fields.maybe_text("jwt", limit=limits.TOKEN):
        proof = of_jwt(secret, token, now=clock.now())
    else:
        proof = of_hash(
            secret,
            user_id=fields.text("user_id"),
            given=fields.text("hash", limit=200),
            name=fields.text("name", limit=200),
            email=fields.text("email", limit=320),
        )
    visitor = actions.identify(visitor=call.visitor, proof=proof, by=CHAT)
    return done({"proven": True, "name": visitor.name})


@of_visitor("read")
def describe(call: Call) -> HttpResponse:
    """Keep what the visitor says of themselves, and where they are."""
    fields, visitor = call.fields, call.visitor
    if "page" in fields.values:
        actions.look(visitor=visitor, page=page_of(call, fields), options=call.options)
    said = Said(
        name=fields.maybe_text("name", limit=200),
        email=fields.maybe_text("email", limit=320),
        phone=fields.maybe_text("phone", limit=40),
        attributes=fields.texts("attributes"),
    )
    if said != Said():
        visitor = actions.describe(visitor=visitor, said=said)
    return done(_known(visitor))


@of_visitor("confirm")
def ask_to_confirm(call: Call) -> HttpResponse:
    """Send the visitor a link by which they prove the address that they gave."""
    actions.ask_to_confirm(visitor=call.visitor)
    return done()


@of_visitor("look")
def home(call: Call) -> HttpResponse:
    """Return the first page, with our time: a device's clock may be wrong."""
    mail = {"goes_on": bool(call.options.mail_inbox), "has_address": bool(address_of(call.visitor))}
    return done({**queries.home(call.visitor, call.options), "mail": mail, "now": clock.now().isoformat()})


def _known(visitor: Visitor) -> dict[str, object]:
    return {"name": visitor.name, "email": visitor.email, "phone": visitor.phone, "is_proven": visitor.is_proven}


token_address = address(post=rotate, delete=sign_out)
identify_address = address(post=prove)
visitor_address = address(patch=describe)
confirm_address = address(post=ask_to_confirm)
home_address = address(get=home)
