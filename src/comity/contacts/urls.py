"""The addresses of this room."""

from django.urls import path

from . import views

urlpatterns = [
    path("contacts", views.contacts, name="contacts"),
    path("contacts/new", views.contact_new, name="contact_new"),
    path("contacts/<int:contact_id>", views.contact, name="contact"),
    path("contacts/<int:contact_id>/card", views.card, name="contact_card"),
    path("contacts/<int:contact_id>/edit", views.contact_edit, name="contact_edit"),
    path("contacts/<int:contact_id>/identities", views.identities, name="contact_identities"),
    path("contacts/<int:contact_id>/tags", views.tags, name="contact_tags"),
    path("contacts/<int:contact_id>/tags/<int:tag_id>", views.tag, name="contact_tag"),
    path("contacts/<int:contact_id>/notes", views.notes, name="contact_notes"),
    path("contacts/<int:contact_id>/consents", views.consents, name="contact_consents"),
    path("contacts/<int:contact_id>/attributes/<slug:key>", views.attribute, name="contact_attribute"),
    path("contacts/<int:contact_id>/merge", views.merge, name="contact_merge"),
    path("contacts/<int:contact_id>/not-same", views.not_same, name="contact_not_same"),
    path("contacts/identities/<int:identity_id>", views.identity, name="identity"),
    path("contacts/claims/<int:claim_id>", views.claim, name="claim"),
    path("contacts/notes/<int:note_id>", views.note, name="contact_note"),
    path("contacts/merges/<int:merge_id>/undo", views.unmerge, name="contact_unmerge"),
    path("contacts/companies", views.companies, name="companies"),
    path("contacts/companies/<int:company_id>", views.company, name="company"),
    path("settings/attributes", views.attribute_definitions, name="settings_attributes"),
    path("settings/attributes/<int:definition_id>", views.attribute_definition, name="settings_attribute"),
]
