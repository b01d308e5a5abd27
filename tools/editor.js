// What of TipTap the shell carries, in one module; <cm-editor> imports it. tools/vendor.mjs bundles it.
export { Editor, Extension, Node, mergeAttributes } from "@tiptap/core";
export { StarterKit } from "@tiptap/starter-kit";
export { Image } from "@tiptap/extension-image";
export { Mention } from "@tiptap/extension-mention";
export { TableKit } from "@tiptap/extension-table";
export { Placeholder } from "@tiptap/extensions";
export { Plugin, PluginKey } from "@tiptap/pm/state";
