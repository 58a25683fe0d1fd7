"""The names of the operations, by which faults, filters and claims choose requests."""

from typing import Literal

OperationName = Literal[
    "sessions",
    "sessions.create",
    "sessions.cancel",
    "conversation",
    "conversation.threads",
    "conversation.threads.create",
    "conversation.threads.add_user_message",
    "conversation.threads.add_client_tool_output",
    "conversation.threads.add_structured_input",
    "conversation.threads.retry_after_item",
    "conversation.threads.custom_action",
    "conversation.threads.sync_custom_action",
    "conversation.threads.get_by_id",
    "conversation.threads.list",
    "conversation.threads.update",
    "conversation.threads.delete",
    "conversation.items",
    "conversation.items.list",
    "conversation.items.feedback",
    "conversation.attachments",
    "conversation.attachments.create",
    "conversation.attachments.delete",
    "conversation.input",
    "conversation.input.transcribe",
    "threads",
    "threads.list",
    "threads.retrieve",
    "threads.list_items",
    "threads.delete",
    "files",
    "files.upload",
    "files.put",
    "files.content",
    "domain_keys",
    "domain_keys.verify",
    "domain_keys.verify_hosted",
]

StoreOperationName = Literal[
    "store",
    "store.load_thread",
    "store.save_thread",
    "store.load_threads",
    "store.delete_thread",
    "store.load_thread_items",
    "store.add_thread_item",
    "store.save_item",
    "store.load_item",
    "store.delete_thread_item",
    "store.save_attachment",
    "store.load_attachment",
    "store.delete_attachment",
    "store.create_attachment",
]
"""The calls of a server's Store, and `create_attachment` of its AttachmentStore: faults know them, requests do not."""

FaultOperationName = Literal[OperationName, StoreOperationName]
