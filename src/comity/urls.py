"""Every address of the house: each room brings its own."""

from comity.rooms import find_urls

urlpatterns = find_urls()
handler403 = "comity.web.views.not_allowed"
handler404 = "comity.web.views.not_found"
handler500 = "comity.web.views.broken"
