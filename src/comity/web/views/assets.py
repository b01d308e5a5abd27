"""What pages fetch beside themselves: a brand's colour and the words of the browser code."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from django.views.i18n import JavaScriptCatalog

from comity.accounts.models import Brand
from comity.accounts.models.organisation import colour_is_hex

DAY = 24 * 3600


@require_safe
def brand_css(request: HttpRequest, brand_id: int) -> HttpResponse:
    """Return a style sheet that sets the brand's colour, for ourselves and for customers' pages alike.

    The address carries the colour, so a change is a new address and the answer may be kept.
    """
    brand = get_object_or_404(Brand, pk=brand_id)
    colour_is_hex(brand.colour)  # nothing else may ever stand in a style sheet
    answer = HttpResponse(f":root {{ --brand: {brand.colour}; }}\n", content_type="text/css; charset=utf-8")
    patch_cache_control(answer, public=True, max_age=DAY)
    return answer


@require_safe
def words(request: HttpRequest, language: str) -> HttpResponseBase:
    """Return the translations that browser code uses, as a script that defines `gettext`."""
    if language not in dict(settings.LANGUAGES):
        raise Http404(f"No language {language}.")
    with translation.override(language):
        answer = JavaScriptCatalog.as_view()(request)
    patch_cache_control(answer, public=True, max_age=DAY)
    return answer
