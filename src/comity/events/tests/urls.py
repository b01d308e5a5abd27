"""No pages are needed to prove the spine."""

urlpatterns: list[object] = []
