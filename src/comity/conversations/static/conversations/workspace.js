// The workspace's behaviour: its elements, its menus, and which pane a phone shows.

import "./cm-composer.js";
import "./cm-conversation.js";
import "./cm-filter.js";
import "./cm-list.js";
import "./cm-mail.js";
import "./cm-quick-replies.js";
import "./cm-thread.js";
import { start as columns } from "./columns.js";
import { start as menus } from "./menus.js";
import { start as opening } from "./opening.js";

columns();
menus();
opening();
