"""Addresses of the agents’ pages about visitors and of the client API. The stream stands beside, see `stream.py`."""

from django.urls import include, path

from .views import agents, confirming, conversation, script, settings, visitor, widget

of_conversation = [
    path("messages", conversation.messages_address, name="chat_messages"),
    path("read", conversation.read_address, name="chat_read"),
    path("delivered", conversation.delivered_address, name="chat_delivered"),
    path("typing", conversation.typing_address, name="chat_typing"),
    path("end", conversation.end_address, name="chat_end"),
    path("transcript", conversation.transcript_address, name="chat_transcript"),
    path("rating", conversation.rating_address, name="chat_rating"),
]
urlpatterns = [
    path("settings/inboxes/<int:inbox_id>/chat/preview", settings.preview, name="chat_preview"),
    path(
        "settings/inboxes/<int:inbox_id>/chat/preview/settings", settings.preview_settings, name="chat_preview_settings"
    ),
    path("settings/inboxes/<int:inbox_id>/chat/questions", settings.questions, name="chat_questions"),
    path("settings/inboxes/<int:inbox_id>/chat/key", settings.key, name="chat_key"),
    path("visitors", agents.visitors, name="visitors"),
    path("visitors/<int:visitor_id>/first-word", agents.first_word, name="first_word"),
    path("visitors/<int:visitor_id>/block", agents.block, name="block_visitor"),
    path("chat.js", script.script, name="chat_script"),
    path("chat/v1/widgets/<str:key>", widget.widget, name="chat_widget"),
    path("chat/v1/widgets/<str:key>/visitors", widget.visitors, name="chat_visitors"),
    path("chat/v1/token", visitor.token_address, name="chat_token"),
    path("chat/v1/identify", visitor.identify_address, name="chat_identify"),
    path("chat/confirm/<str:word>", confirming.confirm, name="chat_confirm"),
    path("chat/v1/visitor/confirm", visitor.confirm_address, name="chat_ask_confirm"),
    path("chat/v1/visitor", visitor.visitor_address, name="chat_visitor"),
    path("chat/v1/home", visitor.home_address, name="chat_home"),
    path("chat/v1/messages", conversation.write_address, name="chat_write"),
    path("chat/v1/uploads", conversation.upload_address, name="chat_upload"),
    path("chat/v1/conversations/<int:conversation_id>/", include(of_conversation)),
]
