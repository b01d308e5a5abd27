"""Addresses of the shell."""

from django.urls import path

from .views import assets, bell, find, health, home, jobs, log, parked, preferences

urlpatterns = [
    path("", home.home, name="home"),
    path("settings", home.settings_home, name="settings"),
    path("settings/health", health.health, name="settings_health"),
    path("settings/log", log.log, name="settings_log"),
    path("settings/log/<int:event_id>", log.log_entry, name="log_entry"),
    path("settings/log/export", log.log_export, name="log_export"),
    path("settings/parked", parked.parked_runs, name="settings_parked"),
    path("settings/parked/<int:run_id>", parked.parked_run, name="parked_run"),
    path("brand/<int:brand_id>.css", assets.brand_css, name="brand_css"),
    path("words/<slug:language>.js", assets.words, name="words"),
    path("me/theme", preferences.theme, name="theme"),
    path("me/tour", preferences.tour, name="tour"),
    path("me/keys", preferences.keys, name="keys"),
    path("language", preferences.language, name="language"),
    path("find", find.find, name="find"),
    path("jobs/<int:job_id>", jobs.job, name="job"),
    path("do/<str:name>", find.do, name="do"),
    path("bell", bell.bell, name="bell"),
]
