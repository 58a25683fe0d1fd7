/** The sources of the composer's suggestions: the app's entities and commands, and the composer's own actions. */

/** Return the entities that the app's onTagSearch finds, as suggestions. */
export async function entitiesFor(chat, query) {
  const { onTagSearch } = chat.options.entities;
  const found = onTagSearch ? await onTagSearch(query) : [];
  return (found ?? []).map((entity) => ({ label: entity.title, icon: entity.icon, group: entity.group, entity }));
}

/** Return matching composer actions and the app's commands, as suggestions. */
export async function commandsFor(chat, query) {
  const { enabled, onSearch } = chat.options.commands;
  if (!enabled) return [];
  const own = actionsOf(chat).filter(({ label }) => label.toLowerCase().includes(query.toLowerCase()));
  return [...own, ...commandsOf(chat, (await onSearch?.(query)) ?? [])];
}

/** Convert commands to suggestions. */
export function commandsOf(chat, commands) {
  return commands.map((command) => ({ ...command, run: () => chat.options.commands.onSelect?.(command) }));
}

function actionsOf(chat) {
  const { composer } = chat;
  const attach = {
    label: "Attach files",
    icon: "lucide:paperclip",
    group: "Actions",
    run: async () => composer.attachments.choose(),
  };
  const tools = chat.options.composer.tools.map(({ id, label, icon }) => ({
    label,
    icon,
    group: "Actions",
    run: async () => composer.choices.selectTool(id),
  }));
  return [...(composer.attachments.limits.enabled ? [attach] : []), ...tools];
}
